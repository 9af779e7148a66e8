"""Agreeing: agreements are brought in whole, shown, suspended and ended."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.agreements import Agreement, Status
from hub.governance.register import AGREEMENT, put_agreement
from hub.governance.rows import read_agreement_row
from hub.store.database import Database, patience


async def agreements_in(database: Database) -> tuple[Agreement, ...]:
    """Give every agreement, by its id."""
    async with patience(), database.read() as connection:
        rows = (await connection.execute(select(AGREEMENT).order_by(AGREEMENT.c.id))).all()
    return tuple(read_agreement_row(row) for row in rows)


async def agreement_by_id(database: Database, agreement_id: str) -> Agreement:
    """Give one agreement; CannotBeDone where there is none."""
    found = next((a for a in await agreements_in(database) if a.id == agreement_id), None)
    if found is None:
        raise CannotBeDone("no-such-agreement", "there is no agreement of that id")
    return found


async def import_agreement(acting: Acting, agreement: Agreement, by: By) -> None:
    """Put an agreement in the place of the one with its id."""

    async def change(connection: AsyncConnection) -> None:
        await put_agreement(connection, agreement)

    facts = {"status": agreement.status.value}
    await acting.act(by, change, Note("agreement-imported", agreement.id, facts=facts))


async def set_status(acting: Acting, agreement_id: str, status: Status, by: By) -> None:
    """Suspend or end an agreement, or let a suspended one stand again: it acts on the next question."""
    agreement = await agreement_by_id(acting.database, agreement_id)
    if status is Status.SIGNED and agreement.status is not Status.SUSPENDED:
        raise CannotBeDone("not-suspended", "only a suspended agreement stands again; sign another and import it")
    changed = replace(agreement, status=status)

    async def change(connection: AsyncConnection) -> None:
        await put_agreement(connection, changed)

    await acting.act(by, change, Note(f"agreement-{status.value}", agreement_id))

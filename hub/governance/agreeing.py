"""Agreeing: agreements are brought in whole, shown, suspended and ended, by officers of those they concern.

What lets more be seen is the provider's alone; to stop it, any party's.
"""

from hashlib import sha256
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import REFERENCE, Acting, By, CannotBeDone, Note
from hub.governance.agreements import Agreement, Status
from hub.governance.authority import as_officer, as_provider
from hub.governance.register import AGREEMENT, AGREEMENTS_AS_WRITTEN, put_agreement
from hub.governance.rows import agencies, read_agreement_row
from hub.store.database import Database, patience

OWN: Final = ":"
"""Stands between a provider's id and what it calls an agreement; no agency's id holds it."""


async def agreements_in(database: Database) -> tuple[Agreement, ...]:
    """Give every agreement, by its id."""
    async with patience(), database.read() as connection:
        rows = (await connection.execute(AGREEMENTS_AS_WRITTEN.order_by(AGREEMENT.c.id))).all()
    return tuple(read_agreement_row(row) for row in rows)


async def agreement_by_id(database: Database, agreement_id: str) -> Agreement:
    """Give one agreement; CannotBeDone where there is none."""
    found = next((a for a in await agreements_in(database) if a.id == agreement_id), None)
    if found is None:
        raise CannotBeDone("no-such-agreement", "there is no agreement of that id")
    return found


async def import_agreement(acting: Acting, agreement: Agreement, by: By) -> None:
    """Put an agreement in the place of the one with its id, where both are the provider's own.

    An id begins with its provider's, so that nobody is refused because another has it: to whoever tries, an id that is
    another agency's and one that is nobody's are alike. One of the provider's own may keep an id from before.
    """
    as_provider(by, agreement.provider)  # first: of no other's agreement is anything looked up
    if REFERENCE.fullmatch(agreement.id) is None:
        raise CannotBeDone("no-code", "an agreement's id is a code such as health-2026, never words")
    async with patience(), acting.database.read() as connection:
        its_own(agreement, await _provider(connection, agreement.id))

    async def change(connection: AsyncConnection) -> None:
        its_own(agreement, await _provider(connection, agreement.id))  # it may have been another's meanwhile
        await put_agreement(connection, agreement)

    facts = {"status": agreement.status.value}
    await acting.act(by, change, Note("agreement-imported", agreement.id, facts=facts))


async def set_status(acting: Acting, agreement_id: str, status: Status, by: By) -> None:
    """Suspend or end an agreement, as any party; or let a suspended one stand again, as the provider.

    It acts on the next question. To officers of no party there is no such agreement.
    """
    as_officer(by)
    async with patience(), acting.database.read() as connection:
        kept = (await connection.execute(select(*_PARTIES).where(AGREEMENT.c.id == agreement_id))).first()
    if kept is None or by.organisation not in agencies(kept.consumers) | {kept.provider}:
        raise CannotBeDone("no-such-agreement", "there is no agreement of that id that your agency is a party to")
    as_looked_at = [AGREEMENT.c[name] == getattr(kept, name) for name in ("id", "provider", "consumers")]
    if status is Status.SIGNED:
        as_provider(by, kept.provider)
        as_looked_at.append(AGREEMENT.c.status == Status.SUSPENDED.value)
        if kept.status != Status.SUSPENDED.value:
            raise CannotBeDone("not-suspended", "only a suspended agreement stands again; sign another and import it")

    async def change(connection: AsyncConnection) -> None:
        done = await connection.execute(update(AGREEMENT).where(*as_looked_at).values(status=status.value))
        if done.rowcount == 0:
            raise CannotBeDone("changed-meanwhile", "somebody changed it meanwhile: look at it again")

    await acting.act(by, change, Note(f"agreement-{status.value}", _named(agreement_id)))


_PARTIES = (AGREEMENT.c.id, AGREEMENT.c.provider, AGREEMENT.c.consumers, AGREEMENT.c.status)


def its_own(agreement: Agreement, kept: str | None) -> None:
    """Refuse an id that is not its provider's to give, whoever has it; ``kept`` is who has."""
    may_be_new = agreement.id.startswith(f"{agreement.provider}{OWN}")
    if kept != agreement.provider and not (kept is None and may_be_new):
        raise CannotBeDone(
            "not-your-id",
            f"a new agreement's id begins with its provider's, such as {agreement.provider}{OWN}health-2026",
        )


async def _provider(connection: AsyncConnection, agreement_id: str) -> str | None:
    row = (await connection.execute(select(AGREEMENT.c.provider).where(AGREEMENT.c.id == agreement_id))).first()
    return str(row.provider) if row else None


def _named(agreement_id: str) -> str:
    """Name an agreement in the ledger; one that was kept under words before ids were codes, by their digest."""
    if REFERENCE.fullmatch(agreement_id):
        return agreement_id
    return f"agreement:{sha256(agreement_id.encode()).hexdigest()[:32]}"

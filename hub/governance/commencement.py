"""Commencement: the day from which a lawful basis that awaited one is relied on. Only an officer sets it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, whole_day
from hub.store.database import Database, patience, table
from hub.store.tables.business import CommencementRow
from policies.vocabulary import Role
from schema.lawful_bases import LawfulBasis

COMMENCEMENT = table(CommencementRow)


async def commence(acting: Acting, basis: LawfulBasis, start: date | None, by: By) -> None:
    """Set the day a basis begins, or take it back; CannotBeDone for one whose own law has a date."""
    if by.role != Role.IG_OFFICER:
        raise CannotBeDone("not-an-officer", "an information governance officer sets it")
    if basis.terms.start is not None:
        raise CannotBeDone("has-a-date", "the law itself says when this basis began")

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(delete(COMMENCEMENT).where(COMMENCEMENT.c.basis == basis.value))
        if start is not None:
            await connection.execute(insert(COMMENCEMENT).values(basis=basis.value, start=start, set_by=by.subject))

    name = "basis-commenced" if start else "basis-not-commenced"
    await acting.act(by, change, Note(name, basis.value))


class Commenced(NamedTuple):
    """A basis, and the day an officer set for it."""

    basis: LawfulBasis
    start: date


_READERS: Readers = {"basis": one_of(LawfulBasis), "start": whole_day}


async def commencements(connection: AsyncConnection) -> Listed[Commenced]:
    """Read the days officers set; what a row that cannot be understood says has not begun."""
    query = select(*columns_of(COMMENCEMENT, _READERS), COMMENCEMENT.c.basis.label("id"))
    rows = (await connection.execute(query)).all()
    return listed("commencement", rows, _READERS, Commenced)


async def commencements_in(database: Database) -> Listed[Commenced]:
    """Read them from a database, for a list."""
    async with patience(), database.read() as connection:
        return await commencements(connection)

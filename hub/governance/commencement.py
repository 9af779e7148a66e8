"""Commencement: the day from which a lawful basis that awaited one is relied on. Only an officer sets it."""

import contextlib
from collections.abc import Mapping
from datetime import date

from sqlalchemy import String, delete, insert, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.rows import day
from hub.store.database import table
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


async def commencements(connection: AsyncConnection) -> tuple[Mapping[LawfulBasis, date], int]:
    """Read the days officers set, and how many rows could not be understood: what they say has not begun."""
    start = type_coerce(COMMENCEMENT.c.start, String()).label("start")
    rows = (await connection.execute(select(COMMENCEMENT.c.basis, start))).all()
    found: dict[LawfulBasis, date] = {}
    for row in rows:
        with contextlib.suppress(KeyError, ValueError, TypeError):
            if (on := day(row.start)) is not None:
                found[LawfulBasis[row.basis]] = on
    return found, len(rows) - len(found)

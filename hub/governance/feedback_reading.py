"""Reading feedback: what users said of the hub, opened for officers, and dealt with by them.

It is kept without who said it and without where they work, so it is no one agency's: an information governance
officer of any agency may read it. Words may hold what they should not, whatever was asked of whoever wrote them, and
so each reading is in the ledger before they are opened, as other sealed words' is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.authority import as_officer
from hub.governance.feedback import FEEDBACK, FoundIt, Missed
from hub.governance.sealed_words import SealedWords
from hub.store.database import patience
from hub.store.seconds import Now

MOST: Final = 50
"""Feedback in one list, and words read at once: the newest."""

_FOUND: Final = {one.value: one for one in FoundIt}
_MISSED: Final = {one.value: one for one in Missed}


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody thought of a page; whether words came with it, and what stands in them, is nowhere here."""

    id: str
    at: datetime
    page: str
    role: str
    found: FoundIt
    missed: Missed
    settled_at: datetime | None
    settled_by: str | None


async def given(acting: Acting, by: By, *, settled: bool = False) -> tuple[Given, ...]:
    """Give feedback that waits, or with ``settled`` what was dealt with, the newest first, MOST of it."""
    as_officer(by)
    query = select(FEEDBACK).where(FEEDBACK.c.settled_at.is_not(None) if settled else FEEDBACK.c.settled_at.is_(None))
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query.order_by(FEEDBACK.c.at.desc(), FEEDBACK.c.id).limit(MOST))).all()
    return tuple(map(_given, rows))


async def waiting(acting: Acting, by: By) -> int:
    """Count feedback that nobody has dealt with."""
    as_officer(by)
    query = select(func.count()).select_from(FEEDBACK).where(FEEDBACK.c.settled_at.is_(None))
    async with patience(), acting.database.read() as connection:
        return int((await connection.execute(query)).scalar_one())


async def read_words(acting: Acting, ids: Collection[str], by: By) -> Mapping[str, str | None]:
    """Open the words of some feedback, by its ids: empty where none came with it, none where they do not open."""
    as_officer(by)
    if len(ids) > MOST:
        raise CannotBeDone("too-many", f"the words of {MOST} are read at once at most")
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(select(FEEDBACK).where(FEEDBACK.c.id.in_(ids)))).all()
    if len(rows) < len(set(ids)):
        raise CannotBeDone("no-such-feedback", "there is no feedback of that id")
    await acting.note(by, *(Note("feedback-read", row.id) for row in rows))
    return {row.id: _opened(acting, row) for row in rows}


def _opened(acting: Acting, row: Any) -> str | None:
    """Open the words of one row; one that was damaged keeps nobody from reading the rest."""
    try:
        return SealedWords(acting.sealer, FEEDBACK.name, row.id).open(row, "text_ct")[0]
    except CannotBeDone:
        return None


async def settle(acting: Acting, ids: Collection[str], by: By) -> None:
    """Say that some feedback is dealt with: all of it, or none."""
    as_officer(by)
    wanted = sorted(set(ids))
    dealt_with = (
        update(FEEDBACK)
        .where(FEEDBACK.c.id.in_(wanted), FEEDBACK.c.settled_at.is_(None))
        .values(settled_at=Now(), settled_by=by.organisation)
    )

    async def change(connection: AsyncConnection) -> None:
        done = await connection.execute(dealt_with)
        if done.rowcount < len(wanted):
            raise CannotBeDone("not-waiting", "no such feedback waits: somebody may have dealt with it meanwhile")

    if wanted:
        await acting.act(by, change, *(Note("feedback-settled", one) for one in wanted))


def _given(row: Any) -> Given:
    return Given(
        row.id,
        datetime.fromtimestamp(row.at, UTC),
        row.page,
        row.role,
        _FOUND[row.found],
        _MISSED[row.missed],
        datetime.fromtimestamp(row.settled_at, UTC) if row.settled_at is not None else None,
        row.settled_by,
    )

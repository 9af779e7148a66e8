"""Forgetting: a chronology that a worker saved is taken away when its time is over, and the ledger is told so.

Of the ledger nothing goes: that it was saved, changed and exported stays as it was written. What is taken away is owed
to the ledger in the same transaction, so that either both are there or neither, whichever replica sweeps.
"""

from typing import Any, Final

from sqlalchemy import delete, select

from hub.audit.entries import Event, new_record_id
from hub.governance.acting import Acting
from hub.governance.curating import CURATED, over
from hub.identity.owed import owe
from hub.store.database import patience

OVER: Final = "chronology-over"
"""The ledger's word for one whose time is over; nobody in particular took it away."""

TOGETHER: Final = 100


async def forget(acting: Acting) -> int:
    """Take away every saved chronology whose time is over; give how many. StoreUnavailable where one cannot be."""
    gone = 0
    while taken := await _some(acting):
        gone += taken
    return gone


async def _some(acting: Acting) -> int:
    late = over(acting.saved_days)
    oldest = select(CURATED.c.id).where(late).order_by(CURATED.c.changed, CURATED.c.id).limit(TOGETHER)
    taking = delete(CURATED).where(CURATED.c.id.in_(oldest), late)  # changed meanwhile, it stays
    async with patience(), acting.database.begin() as connection:
        rows = (
            await connection.execute(taking.returning(CURATED.c.id, CURATED.c.person_id, CURATED.c.organisation))
        ).all()
        for row in rows:
            await owe(connection, _event(acting, row))
    return len(rows)


def _event(acting: Acting, row: Any) -> Event:
    record = new_record_id()
    return Event(
        record,
        record,
        acting.clock(),
        OVER,
        organisation=row.organisation,
        subject=acting.pseudonyms.subject(row.person_id),
        about=row.id,
        facts={"days": f"n-{acting.saved_days}"},
    )

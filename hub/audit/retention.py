"""Retention: what an entry says is taken out when its time is over; that it was there, and when, stays provable.

The bodies of a log's oldest questions, outcomes and searches go with their salts, and so do the askers' own words.
Events stay: they are codes, and tell who took what out. The entry that says so comes first (UK GDPR Article 5(1)(e)).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from hub.audit.canonical import instant
from hub.audit.entries import Kind
from hub.audit.errors import LedgerUnavailable
from hub.audit.export import RECORDS
from hub.store.database import BROKEN, Database, table
from hub.store.tables.business import ReasonRow

RETIRED = "BODIES_RETIRED"
PAGE = 2_000
"""Places of a log taken at once: nobody who asks waits long for the database."""

REASON = table(ReasonRow)


@dataclass(frozen=True, slots=True)
class Due:
    """What of one log is due: all before place ``upto``, and in how many entries something is left to take out."""

    log_id: str
    upto: int
    bodies: int

    @property
    def about(self) -> str:
        """What the entry names."""
        return f"{self.log_id}:{self.upto}"


async def due(database: Database, before: datetime) -> tuple[Due, ...]:
    """Find what is due: of each log the entries before its first that is not yet old enough, whatever clocks did."""
    late = RECORDS.c.at >= instant(before)
    found = []
    async with database.read() as connection:
        logs = select(RECORDS.c.log_id, func.max(RECORDS.c.seq)).group_by(RECORDS.c.log_id).order_by(RECORDS.c.log_id)
        for log_id, last in (await connection.execute(logs)).all():
            first = select(func.min(RECORDS.c.seq)).where(RECORDS.c.log_id == log_id, late)
            young = (await connection.execute(first)).scalar_one()
            upto = last + 1 if young is None else young
            count = select(func.count()).select_from(RECORDS).where(_within(log_id, 0, upto))
            bodies = (await connection.execute(count)).scalar_one()
            if bodies:
                found.append(Due(log_id, upto, bodies))
    return tuple(found)


async def retire(database: Database, one: Due, write: Callable[[Due], Awaitable[None]]) -> int:
    """Write down that a log's oldest bodies are taken out, then take them out; give how many there were."""
    await write(one)
    taken = 0
    try:
        for first in range(0, one.upto, PAGE):
            old = _within(one.log_id, first, min(first + PAGE, one.upto))
            async with database.begin() as connection:
                words = delete(REASON).where(REASON.c.record_id.in_(select(RECORDS.c.record_id).where(old)))
                await connection.execute(words)
                change = update(RECORDS).where(old).values(body=None, salt=None)
                taken += (await connection.execute(change)).rowcount
    except BROKEN as error:
        raise LedgerUnavailable(type(error).__name__) from None
    return taken


def _within(log_id: str, first: int, upto: int) -> ColumnElement[bool]:
    return and_(
        RECORDS.c.log_id == log_id,
        RECORDS.c.seq >= first,
        RECORDS.c.seq < upto,
        RECORDS.c.kind != Kind.EVENT.value,
        RECORDS.c.body.is_not(None),
    )

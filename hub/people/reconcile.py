"""Reconciling: whom a source's whole feed no longer names is taken off the index, as if the source had said so.

A source that says who left needs none of it; many never say. Only a feed that was read to its end counts, and not one
that suddenly names far fewer: half a feed must not take half a town off the index.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.feed_read import Tools
from hub.people.locking import writing_alone
from hub.people.reading import GONE, last_number
from hub.people.writing import Writes
from hub.store.tables.people import PERSON_SOURCE

STEP = 1_000
"""Entries looked at in one transaction."""
FEWER = 0.2
"""The most of a source's people who may have left between two whole readings, unless somebody says that they did."""
FEW = 20
"""How many may leave however few there are."""


class FeedShrank(Exception):
    """Tell the owner: a whole feed left out so many that it is not believed. Counts only."""

    code = "feed-shrank"

    def __init__(self, gone: int, held: int) -> None:
        """Keep the counts."""
        super().__init__(f"the feed names {gone:,} fewer of the {held:,} people it named before")


@dataclass(slots=True)
class Seen:
    """Which entries a feed named, a bit for each: a million take a hundred and twenty kilobytes."""

    before: int
    """The number of the last entry when the reading began: those that came since are nobody's to end."""
    bits: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        """Begin with nobody seen."""
        self.bits = bytearray(self.before // 8 + 1)

    def add(self, number: int) -> None:
        """Remember an entry."""
        if number <= self.before:
            self.bits[number >> 3] |= 1 << (number & 7)

    def missed(self, number: int) -> bool:
        """Say whether an entry was there before the reading and was not named by it."""
        return number <= self.before and not self.bits[number >> 3] & 1 << (number & 7)


async def beginning(tools: Tools) -> Seen:
    """Begin a whole reading."""
    async with tools.database.read() as connection:
        return Seen(await last_number(connection))


async def end_missed(tools: Tools, source_id: str, seen: Seen, *, believed: bool = False) -> int:
    """End a source's entries that its whole feed did not name; give how many. FeedShrank where that is too many.

    Stopped anywhere, the next whole reading goes on.
    """
    gone, held = 0, 0
    async for numbers, _ in _live(tools, source_id):
        held += len(numbers)
        gone += sum(map(seen.missed, numbers))
    if not believed and gone > max(FEW, held * FEWER):
        raise FeedShrank(gone, held)
    if gone:
        async for numbers, ids in _live(tools, source_id):
            missed = {number: i for number, i in zip(numbers, ids, strict=True) if seen.missed(number)}
            if missed:
                await _end(tools, missed)
    return gone


async def _end(tools: Tools, missed: dict[int, str]) -> None:
    async with writing_alone(tools.database) as connection:
        writes = Writes(tools.sealer)
        for number, entry_id in missed.items():
            writes.unlink(entry_id, tools.clock(), GONE)
            writes.end(entry_id, number, tools.clock())
        await writes.write(connection)


async def _live(tools: Tools, source_id: str) -> AsyncIterator[tuple[list[int], list[str]]]:
    """Give a source's entries that have not ended, by number, a step at a time."""
    after = 0
    while True:
        async with tools.database.read() as connection:
            rows = await _after(connection, source_id, after)
        if not rows:
            return
        after = rows[-1][0]
        yield [number for number, _ in rows], [entry_id for _, entry_id in rows]


async def _after(connection: AsyncConnection, source_id: str, after: int) -> list[tuple[int, str]]:
    query = (
        select(PERSON_SOURCE.c.number, PERSON_SOURCE.c.id)
        .where(PERSON_SOURCE.c.number > after, PERSON_SOURCE.c.source_id == source_id)
        .where(PERSON_SOURCE.c.ended_at.is_(None))
        .order_by(PERSON_SOURCE.c.number)
        .limit(STEP)
    )
    return [(row.number, row.id) for row in await connection.execute(query)]

"""Refreshing: reading a source's index feed into the index, a batch a transaction, so that it can stop and go on."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Identity
from hub.people.entries import utc
from hub.people.feed_batch import Batch
from hub.people.feed_read import Refresh, Tools
from hub.people.locking import writing_alone
from hub.people.preparing import Prepared, prepare
from hub.people.reading import last_number
from hub.people.turns import Beside, Turns
from hub.store.roomy import bring_in, roomy
from hub.store.tables.people import AGENCY_LINK, LINK_KEY, PERSON, PERSON_SOURCE, SOURCE_FEED
from schema.services import Service

READ_BY_SEARCH = (PERSON, PERSON_SOURCE, AGENCY_LINK, LINK_KEY)
BATCH = 2_000
"""People in one transaction: twice as many at once take a tenth less of the time, and keep other writers longer."""


@dataclass(slots=True)
class Reading:
    """One reading of a feed: what was done so far, and who is told."""

    tools: Tools
    source_id: str
    service: Service
    progress: Callable[[int], None] | None
    named: Callable[[int], None] | None
    done: Refresh
    changed: datetime | None = None
    bringing: Beside = field(default_factory=Beside)

    async def write(self, prepared: Prepared, decided: Callable[[], None]) -> None:
        """Take a batch in, whole or not at all; ``decided`` is called when all that is left is the database's."""
        async with writing_alone(self.tools.database) as connection, roomy(connection):
            hashers, number = await self.tools.keys.now(connection), await last_number(connection)
            if prepared.hashers is not hashers:  # another version of the index key came into use or was let go
                prepared = await prepare(hashers, self.source_id, prepared.batch)
            batch = Batch(self.tools, connection, number, self.source_id, self.service)
            done = await batch.decide(prepared)
            decided()
            await batch.write()
        if len(prepared.batch) == BATCH:  # more of them are likely to come, and to fill the log
            await self.bringing.begin(bring_in, self.tools.database)
        self._tell(prepared, batch.named, done)

    def _tell(self, prepared: Prepared, named: Iterable[int], done: Refresh) -> None:
        self.done = self.done.plus(done)
        self.changed = max((at for at in (self.changed, *(i.changed for i in prepared.batch)) if at), default=None)
        if self.named:
            for each in named:
                self.named(each)
        if self.progress:
            self.progress(self.done.read)


async def refresh(
    tools: Tools,
    source_id: str,
    service: Service,
    identities: AsyncIterator[Identity],
    progress: Callable[[int], None] | None = None,
    named: Callable[[int], None] | None = None,
) -> Refresh:
    """Read a feed to its end; each batch is whole or not there at all. ``named`` is told the number of each entry.

    While one batch is being written the next is read and prepared.
    """
    reading, began = Reading(tools, source_id, service, progress, named, Refresh(source_id)), tools.clock()
    async with reading.bringing, Beside() as writing:
        async for batch in _batches(identities):
            prepared = await prepare(await tools.keys.read(tools.database), source_id, batch)
            await writing.begin(reading.write, prepared)
    async with writing_alone(tools.database) as connection:
        await _read_to_its_end(connection, source_id, service, reading.changed, began, tools.clock())
    return reading.done


async def _batches(identities: AsyncIterator[Identity]) -> AsyncIterator[list[Identity]]:
    batch, turns = list[Identity](), Turns()
    async for identity in identities:
        batch.append(identity)
        await turns.give()
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _read_to_its_end(
    connection: AsyncConnection,
    source_id: str,
    service: Service,
    changed: datetime | None,
    began: datetime,
    ended: datetime,
) -> None:
    """Note how far the feed was read, and when.

    Only now: feeds come in an order of their own, so a part of one says nothing of what was not read. Never later
    than when the reading began: a mistyped year would leave out everybody who changes until then.
    """
    at = SOURCE_FEED.c.source_id == source_id
    row = (await connection.execute(select(SOURCE_FEED).where(at))).one_or_none()
    known = [mark for mark in (utc(row.watermark) if row else None, changed) if mark]
    values = {"watermark": min(max(known), began) if known else None, "last_sync": ended}
    if row is None:
        await connection.execute(insert(SOURCE_FEED), [{"source_id": source_id, "service": service.value, **values}])
        if connection.dialect.name == "postgresql":
            # Until it has counted what a first reading brought PostgreSQL reads whole tables for a search.
            await connection.exec_driver_sql("ANALYZE " + ", ".join(each.name for each in READ_BY_SEARCH))
    else:
        await connection.execute(update(SOURCE_FEED).where(at).values(values))

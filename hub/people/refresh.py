"""Refreshing: reading a source's index feed into the index, a batch a transaction, so that it can stop and go on."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Identity
from hub.people.entries import utc
from hub.people.feed_batch import Batch
from hub.people.feed_read import Refresh, Tools
from hub.people.locking import writing_alone
from hub.people.reading import last_number
from hub.store.tables.people import SOURCE_FEED
from schema.services import Service

BATCH = 1_000


async def refresh(
    tools: Tools,
    source_id: str,
    service: Service,
    identities: AsyncIterator[Identity],
    progress: Callable[[int], None] | None = None,
    named: Callable[[int], None] | None = None,
) -> Refresh:
    """Read a feed to its end; each batch is whole or not there at all. ``named`` is told the number of each entry."""
    done, began, marks = Refresh(source_id), tools.clock(), list[datetime]()
    async for batch in _batches(identities):
        async with writing_alone(tools.database) as connection:
            hashers, number = await tools.keys.now(connection), await last_number(connection)
            reading = Batch(tools, connection, hashers, number, source_id, service)
            done = done.plus(await reading.run(batch))
        if named:
            for each in reading.named:
                named(each)
        marks = [max(changed)] if (changed := [*marks, *(i.changed for i in batch if i.changed)]) else []
        if progress:
            progress(done.read)
    async with writing_alone(tools.database) as connection:
        await _read_to_its_end(connection, source_id, service, marks, began, tools.clock())
    return done


async def _batches(identities: AsyncIterator[Identity]) -> AsyncIterator[list[Identity]]:
    batch: list[Identity] = []
    async for identity in identities:
        batch.append(identity)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _read_to_its_end(
    connection: AsyncConnection,
    source_id: str,
    service: Service,
    marks: list[datetime],
    began: datetime,
    ended: datetime,
) -> None:
    """Note how far the feed was read, and when.

    Only now: feeds come in an order of their own, so a part of one says nothing of what was not read. Never later
    than when the reading began: a mistyped year would leave out everybody who changes until then.
    """
    at = SOURCE_FEED.c.source_id == source_id
    row = (await connection.execute(select(SOURCE_FEED).where(at))).one_or_none()
    known = [mark for mark in (utc(row.watermark) if row else None, *marks) if mark]
    values = {"watermark": min(max(known), began) if known else None, "last_sync": ended}
    if row is None:
        await connection.execute(insert(SOURCE_FEED), [{"source_id": source_id, "service": service.value, **values}])
    else:
        await connection.execute(update(SOURCE_FEED).where(at).values(values))

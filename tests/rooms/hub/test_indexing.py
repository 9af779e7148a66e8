"""Feeding the index: whatever one source does, the others are read, and the log says which failed and how."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Identity, LocalId, Name, Traits
from connectors.errors import SourceBroken, SourceMisconfigured, SourceRefused, SourceUnavailable
from hub import indexing
from hub.answer.sources import ConnectedSource, Sources
from hub.indexing import Indexer
from hub.keys import create_keys, read_keys
from hub.observing import Observer
from hub.people.index import PersonIndex
from hub.store.database import Database, StoreUnavailable
from tests.cast import CastConnector, source_config


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[PersonIndex]:
    create_keys(tmp_path)
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    await database.upgrade()
    yield PersonIndex(database, read_keys(tmp_path), lambda: datetime.now(UTC))
    await database.close()


def feeding(index: PersonIndex, *names: str) -> tuple[Indexer, dict[str, CastConnector], io.StringIO]:
    connectors = {name: CastConnector(name) for name in names}
    log = io.StringIO()
    sources = Sources(ConnectedSource.of(source_config(name), connector) for name, connector in connectors.items())
    return Indexer(index, sources, Observer(log)), connectors, log


def failing(error: Exception) -> Callable[[datetime | None], AsyncIterator[Identity]]:
    async def identities(_: datetime | None) -> AsyncIterator[Identity]:
        raise error
        yield

    return identities


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceUnavailable("refused-connection"), "refused-connection"),
        (SourceRefused("401"), "401"),
        (SourceBroken("html"), "html"),
        (SourceMisconfigured("path"), "path"),
        (StoreUnavailable("TimeoutError"), "store-unavailable"),
        (ZeroDivisionError("9990000018"), "broken"),
        (OSError("9990000018"), "broken"),
    ],
)
async def test_a_feed_that_fails_is_said_and_the_others_are_read(
    index: PersonIndex, error: Exception, code: str
) -> None:
    """One broken feed neither stops the others nor leaves the hub waiting for ever."""
    indexer, connectors, log = feeding(index, "social-care", "police", "health")
    connectors["police"].identities = failing(error)  # type: ignore[method-assign]
    assert not indexer.done_once
    await indexer.refresh()
    assert indexer.done_once
    said = {line["source"]: line for line in map(json.loads, log.getvalue().splitlines())}
    assert said["police"]["event"] == "index-failed"
    assert said["police"]["code"] == code
    assert {said[s]["event"] for s in ("social-care", "health")} == {"indexed"}
    assert "9990000018" not in log.getvalue()


async def test_a_source_without_a_feed_is_not_read(index: PersonIndex) -> None:
    """Nothing is asked of it, and nothing is said."""
    indexer, connectors, log = feeding(index, "police")
    connectors["police"].feeds = False
    connectors["police"].identities = failing(ZeroDivisionError())  # type: ignore[method-assign]
    await indexer.refresh()
    assert log.getvalue() == ""


async def test_a_store_that_cannot_be_read_is_said(index: PersonIndex) -> None:
    """The feed is left for the next time."""
    indexer, _, log = feeding(index, "police")
    async with index._database.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE source_feed")
    await indexer.refresh()
    assert json.loads(log.getvalue())["code"] == "store-unavailable"


async def test_progress_is_told_by_name(index: PersonIndex) -> None:
    """Whoever waits is told how many people were read of which source."""
    indexer, _, _ = feeding(index, "social-care")
    told: list[tuple[str, int]] = []
    await indexer.refresh(lambda name, count: told.append((name, count)))
    assert told
    assert {name for name, _ in told} == {"Social care records"}


async def test_feeds_are_read_again_and_again_until_stopped(
    index: PersonIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed that failed is read the next time."""
    monkeypatch.setattr(indexing, "EVERY", 0.0)
    indexer, connectors, log = feeding(index, "police")
    right: Any = connectors["police"].identities
    connectors["police"].identities = failing(SourceUnavailable("down"))  # type: ignore[method-assign]
    task = asyncio.create_task(indexer.forever())
    async with asyncio.timeout(10):
        while "index-failed" not in log.getvalue():  # noqa: ASYNC110 -- a log offers no event to wait for
            await asyncio.sleep(0)
        connectors["police"].identities = right  # type: ignore[method-assign]
        while '"indexed"' not in log.getvalue():  # noqa: ASYNC110 -- the same
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_feed_that_broke_off_is_read_whole_the_next_time(index: PersonIndex) -> None:
    """Feeds come in an order of their own: what was not read may have changed before what was."""
    indexer, connectors, _ = feeding(index, "police")
    moments = [datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=n % 7) for n in range(700)]
    rows = [
        Identity(LocalId(str(n)), Traits((Name("Kid", "Example"),), date(2001, 1, 1) + timedelta(n)), changed)
        for n, changed in enumerate(moments)
    ]
    breaks = [True]

    async def identities(since: datetime | None) -> AsyncIterator[Identity]:
        for n, row in enumerate(r for r in rows if since is None or (r.changed and r.changed >= since)):
            if n == 600 and breaks:
                breaks.clear()
                raise SourceUnavailable("reset")
            yield row

    connectors["police"].identities = identities  # type: ignore[method-assign]
    await indexer.refresh()
    assert not breaks
    assert await index.watermark("police") is None
    await indexer.refresh()
    assert len(await index.by_local("police", [row.local_id for row in rows])) == len(rows)


async def test_a_feed_is_read_from_a_little_before_it_was_left(index: PersonIndex) -> None:
    """A child written down late, on a day that was read already, is in the index all the same."""
    indexer, connectors, _ = feeding(index, "police")
    day = datetime(2026, 3, 2, tzinfo=UTC)
    asked: list[datetime | None] = []

    async def identities(since: datetime | None) -> AsyncIterator[Identity]:
        asked.append(since)
        yield Identity(LocalId("1"), Traits((Name("Kid", "Example"),), date(2015, 1, 1)), day)

    connectors["police"].identities = identities  # type: ignore[method-assign]
    await indexer.refresh()
    await indexer.refresh()
    assert asked == [None, day - indexing.OVERLAP]

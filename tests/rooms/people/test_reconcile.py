"""Whom a source's whole feed no longer names is taken off the index; half a feed takes nobody off."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Identity, LocalId
from connectors.errors import SourceUnavailable
from hub.answer.sources import ConnectedSource, Sources
from hub.indexing import Indexer
from hub.observing import Observer
from hub.people import reconcile
from hub.people.criteria import Criteria
from hub.people.found import Found, Result
from hub.people.index import PersonIndex
from hub.people.reconcile import FeedShrank
from tests.cast import CastConnector, source_config
from tests.rooms.people.making import BORN, HEALTH, everybody, made, take, who

NAMES = [c * 5 for c in "abcdefghijklmnopqrstuvwxy"]
PEOPLE = [made(str(n), f"Q{c}", c, postcodes=(f"BK{n % 9 + 1} 1AA",)) for n, c in enumerate(NAMES)]


async def feed(*identities: Identity, breaks: bool = False) -> AsyncIterator[Identity]:
    for identity in identities:
        yield identity
    if breaks:
        raise SourceUnavailable("reset")


async def found(index: PersonIndex, n: int) -> Result:
    name = PEOPLE[n].traits.names[0]
    answer = await index.search(Criteria(name.family, name.given, BORN), everybody)
    assert isinstance(answer, Found)
    return answer.result


# Whoever is no longer named is gone from searches; another source's entry stays; coming back they are who they were.
async def test_whom_a_whole_feed_leaves_out_is_taken_off(index: PersonIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "STEP", 4)
    await take(index, "health", *PEOPLE)
    await take(index, "sc", PEOPLE[1])
    before = await who(index, "health", "0")
    done = await index.reconcile("health", HEALTH, feed(*PEOPLE[2:], made("new", "Wren", "Wharton")))
    assert (done.ended, done.added) == (2, 1)
    assert [await found(index, n) for n in (0, 1, 2)] == [Result.NO_MATCH, Result.POSSIBLE, Result.POSSIBLE]
    assert await who(index, "health", "1") is None
    assert await who(index, "sc", "1") is not None
    assert await index.reconciled("health") is not None
    done = await index.reconcile("health", HEALTH, feed(*PEOPLE, made("new", "Wren", "Wharton")))
    assert (done.ended, done.added) == (0, 2)
    assert await who(index, "health", "0") == before


# A feed that breaks off ends nobody, nor does one that names far fewer, until somebody says that they are gone.
async def test_half_a_feed_takes_nobody_off(index: PersonIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "FEW", 2)
    await take(index, "health", *PEOPLE)
    with pytest.raises(SourceUnavailable):
        await index.reconcile("health", HEALTH, feed(*PEOPLE[:20], breaks=True))
    with pytest.raises(FeedShrank, match="15 fewer of the 25"):
        await index.reconcile("health", HEALTH, feed(*PEOPLE[:10]))
    assert await found(index, 24) is Result.POSSIBLE
    assert await index.reconciled("health") is None
    done = await index.reconcile("health", HEALTH, feed(*PEOPLE[:10]), believed=True)
    assert done.ended == 15
    assert await found(index, 24) is Result.NO_MATCH


# A feed is read whole when that is due, and from where it was left otherwise; a shrunken one is said in the log.
async def test_feeds_are_read_whole_when_that_is_due(index: PersonIndex) -> None:
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    index._clock = lambda: now[0]
    connector, log, asked = CastConnector("health"), io.StringIO(), list[datetime | None]()
    people = [[*PEOPLE]]

    async def identities(since: datetime | None) -> AsyncIterator[Identity]:
        asked.append(since)
        for identity in people[0]:
            yield identity

    connector.identities = identities  # type: ignore[method-assign]
    sources = Sources([ConnectedSource.of(source_config("health"), connector)])
    indexer = Indexer(index, sources, Observer(log), timedelta(hours=24))
    people[0] = PEOPLE[1:]
    await indexer.refresh()
    await indexer.refresh()
    assert [since is None for since in asked] == [True, False]
    now[0] += timedelta(hours=25)
    people[0] = PEOPLE[2:]
    await indexer.refresh()
    assert asked[-1] is None
    assert LocalId("1") not in await index.by_local("health", [LocalId("1")])
    now[0] += timedelta(hours=25)
    people[0] = PEOPLE[-1:]
    await indexer.refresh()
    assert "feed-shrank" in log.getvalue()
    never = Indexer(index, sources, Observer(log), None)
    await never.refresh()
    assert asked[-1] is not None

"""How watches end where something is away, and that each look waits its turn at the door."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from hub.admitting.askers import Asker
from hub.graphql.watching.route import Answers, socket_route
from hub.identity.owed import LEASE
from hub.store.database import Database, StoreUnavailable
from tests.faults.unwritable import SQLITE
from tests.house import house
from tests.rooms.graphql.speakers import Speaker
from tests.rooms.graphql.test_sockets import asked, introduced
from tests.rooms.graphql.test_watching import ended, named, told
from tests.rooms.graphql.watchers import ONCE, SPOKEN, Post, Watcher, post_of


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with house(tmp_path) as home, post_of(home, tmp_path, ONCE) as opened:
        yield opened


async def begun(post: Post) -> Watcher:
    """Begin a watch, and hear its first event."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    return watcher


async def drained(post: Post) -> None:
    """Wait until nothing is kept in memory of how watches ended."""
    async with asyncio.timeout(10):
        while len(post.room.farewells):  # noqa: ASYNC110 -- a number, and no event
            await asyncio.sleep(0.005)


async def test_how_a_watch_ended_is_written_when_the_ledger_is_back_and_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger away, the store away with it, or an answer of the ledger's that came too late: nothing is lost."""
    monkeypatch.setattr("hub.graphql.watching.watch.FAREWELL", 0.05)
    watchers = [await begun(post) for _ in range(3)]
    owed = post.room.farewells.owed
    async with SQLITE["the ledger's table is gone"](post.home):
        await watchers[0].leave()
        await drained(post)
    assert not await named(post, "watch-ended")
    async with SQLITE["the ledger's table is gone"](post.home):
        with monkeypatch.context() as away:

            def gone(_: Database) -> None:
                raise StoreUnavailable("gone")

            away.setattr(Database, "begin", gone)
            await watchers[1].leave()
            await asyncio.sleep(0.1)
            assert len(post.room.farewells) == 1
        await drained(post)
    await owed.settle()
    async with SQLITE["every write hangs"](post.home):
        await watchers[2].leave()
        await drained(post)
    await owed.settle()
    assert len(await named(post, "watch-ended")) == 2, "what may yet come to be written is left alone for a while"
    monkeypatch.setattr("hub.identity.owed.LEASE", -LEASE)
    await owed.settle()
    await owed.settle()
    assert [end["facts"] for end in await named(post, "watch-ended")] == [{"how": "client-left", "looks": "n.1"}] * 3


async def test_what_cannot_be_written_before_the_hub_stops_is_not_waited_for_long(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is away and stays so: the hub stops all the same; its log says how the watch ended."""
    watcher = await begun(post)
    monkeypatch.setattr("hub.graphql.watching.farewells.PATIENCE", 0.05)
    monkeypatch.setattr("hub.graphql.watching.watch.FAREWELL", 0.05)

    def gone(_: Database) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as away:
        away.setattr(Database, "begin", gone)
        post.home.ledger.halt("test")
        await watcher.leave()
        await post.room.farewells.close()
    await drained(post)
    assert '"watch-ended"' in post.home.log.getvalue()


async def test_a_look_waits_its_turn_at_the_door_and_is_not_lost(post: Post) -> None:
    """Where every place is taken nothing is asked and nobody is refused; whoever leaves meanwhile takes no place."""
    door, crowd = post.room.door, [Asker(f"sub-{n}", named=True) for n in range(32)]
    for one in crowd:
        await door.take(one)
    waits, leaves = post.watch(), post.watch()
    for watcher in (waits, leaves):
        await watcher.started()
    async with asyncio.timeout(10):
        while len(await named(post, "watch-began")) < 2:  # noqa: ASYNC110 -- an entry, and no event
            await asyncio.sleep(0.005)
    await leaves.leave()
    await post.home.person()  # by another way in, and as long on its way as a look
    assert len(post.home.connectors["housing"].asks) == 1
    assert waits.told_nothing()
    assert door.waiting == 0, "whoever asks by hand does not find the line longer"
    door.give_back(crowd.pop())
    await told(waits)
    assert len(post.home.connectors["housing"].asks) == 2
    for one in crowd:
        door.give_back(one)
    await waits.leave()
    assert door.taken == 0


async def test_a_socket_ends_alone_where_something_nobody_foresaw_happens(post: Post) -> None:
    """4500 for whoever is not named yet, an error for a subscription; the log has its kind, and others go on."""
    other = await introduced(post, "social-worker")
    watching = await introduced(post)
    with pytest.MonkeyPatch.context() as broken:

        def breaks(*_: Any) -> None:
            raise LookupError("a value")

        broken.setattr(post.clock, "later", "not a number")
        failing = post.speak()
        await failing.hear()
        failing.say("connection_init", payload={"authorization": f"Bearer {post.token()}"})
        assert await failing.closed() == (4500, "Internal server error")
        broken.setattr(post.clock, "later", 0.0)
        broken.setattr(type(post.home.executor), "watched", breaks)
        watching.say("subscribe", "1", asked(post))
        error = (await watching.hear())["payload"][0]
        assert error["extensions"]["code"] == "INTERNAL"
        assert "a value" not in str(error)
    for speaker in (watching, other):
        speaker.say("subscribe", "1", asked(post))
        await speaker.told()
    assert "a value" not in post.home.log.getvalue()


async def test_a_watch_that_breaks_says_so_and_is_written_down(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw while it looks ends it with a code, and the ledger knows that it failed."""

    def breaks(*_: Any, **__: Any) -> None:
        raise LookupError("a value")

    monkeypatch.setattr(type(post.room.asking), "answers", breaks)
    watcher = post.watch()
    await watcher.started()
    assert (await watcher.event())["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await watcher.event() == "complete"
    assert (await ended(post))["how"] == "failed"


class Opening:
    """A hub as far as sockets see it: what its endpoint does with one, or why there is none."""

    def __init__(self, sealed: HTTPException | None) -> None:
        self._sealed = sealed
        self.endpoint = self
        self.took: list[Any] = []

    def __call__(self, _: HTTPConnection) -> Answers:
        if self._sealed is not None:
            raise self._sealed
        return self  # type: ignore[return-value] # as far as a socket sees

    async def sockets(self, socket: Any) -> None:
        self.took.append(socket)


async def test_a_sealed_hub_opens_no_socket() -> None:
    """503 before it is accepted; a hub that is open takes it."""
    sealed, opened = Opening(HTTPException(503, "sealed")), Opening(None)
    refused = Speaker(Starlette(routes=[socket_route(sealed)]), {}, [SPOKEN])
    assert (await refused.hear())["status"] == 503
    await refused.leave()
    taken = Speaker(Starlette(routes=[socket_route(opened)]), {}, [SPOKEN])
    await asyncio.wait_for(taken.task, 10)
    assert len(opened.took) == 1

"""Answers in parts over HTTP: the fast ones first, in both forms; and whatever ends one before its end."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from hub.admitting.door import AdmittingDoor
from hub.admitting.places import Places, Room
from hub.audit.errors import LedgerUnavailable
from hub.audit.reports import who_looked
from hub.budgets.limits import GroupLimits, Limits, UserLimits
from hub.graphql import http
from hub.graphql.arriving import arriving, opening, sending
from hub.graphql.arriving.sending import OVER, THE_REST
from hub.graphql.execution import Executor
from hub.identity.door import Door as Guard
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import Observer
from tests.house import House, house
from tests.rooms.graphql.conftest import CONTEXT, GRAPHQL, Door, code
from tests.rooms.graphql.parts import MIXED, Gates, mixed, same
from tests.rooms.graphql.test_arriving import ASK, FAST_FIRST
from tests.rooms.graphql.test_leaving import listening, of_old
from tests.rooms.graphql.watchers import Post, Watcher, post_of

BESIDE = """query ($id: ID!, $context: RequestContext!) { me { name } ... @defer { me { role } }
  person(id: $id, context: $context) { id } }"""
ACCEPTS = {"mixed": MIXED, "events": "text/event-stream, application/json"}


def given_about(home: House) -> dict[str, Any]:
    return {"id": home.ids["maya"], "context": CONTEXT}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for everybody as long as it takes, so that what is there at once is, on a busy machine too."""
    monkeypatch.setattr(arriving, "MOMENT", 8.0)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with house(tmp_path) as home, post_of(home, tmp_path) as opened:
        yield opened


@contextlib.asynccontextmanager
async def streamed(door: Door, port: int, accept: str) -> AsyncIterator[httpx2.Response]:
    headers = {"authorization": f"Bearer {door.token()}", "accept": accept}
    body = {"query": FAST_FIRST, "variables": given_about(door.home)}
    async with (
        httpx2.AsyncClient() as client,
        client.stream("POST", f"http://127.0.0.1:{port}/graphql", json=body, headers=headers) as response,
    ):
        yield response


def read(form: str, body: bytes) -> list[dict[str, Any]]:
    """Read the parts of either form."""
    if form == "mixed":
        return mixed(body)
    *events, last, rest = body.split(b"\n\n")
    assert (last, rest) == (b"event: complete\ndata:", b"")
    return [orjson.loads(event.removeprefix(b"event: next\ndata: ")) for event in events]


async def test_fast_agencies_come_first_over_real_http_and_who_leaves_is_not_worked_for(door: Door) -> None:
    """One source is slow: what the others hold is read before it answers. Then a client leaves: nothing goes on."""
    whole = (await door.ask(FAST_FIRST, given_about(door.home))).json()
    places = Places(Room(at_once=1), time.monotonic)
    at_the_door = AdmittingDoor(door.app, places, door.home.observer)
    async with listening(replace(door, app=at_the_door)) as port:  # type: ignore[arg-type] # any application is served
        for form, accept in ACCEPTS.items():
            gates = Gates(door.home, "health")
            async with streamed(door, port, accept) as response:
                chunks = response.aiter_bytes()
                body = await anext(chunks)
                while b'"EDUCATION"' not in body:
                    body += await anext(chunks)
                assert b'"HEALTH"' not in body
                assert places.taken == 1
                gates.open("health")
                async for chunk in chunks:
                    body += chunk
            parts = read(form, body)
            assert response.headers["content-type"].startswith(accept.split(",")[0].split(";")[0])
            assert response.headers["cache-control"] == "no-store"
            assert set(parts[0]["extensions"]) == {"requestId", "cost"}
            assert same(parts, whole["data"])
            _, told = await of_old(port, door.token(), accept, FAST_FIRST, given_about(door.home))
            assert told["data"] == whole["data"]
            gates.lift()
        gates, tasks = Gates(door.home, "health"), len(asyncio.all_tasks())
        async with streamed(door, port, MIXED) as response:
            await anext(response.aiter_bytes())
        async with asyncio.timeout(1):
            while len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110 -- the end of a task of others is no event
                await asyncio.sleep(0.01)
        assert door.home.connectors["health"].cancelled == 1
        subject = door.home.answerer.preparer.pseudonyms.subject(door.home.ids["maya"])
        looks = await who_looked(door.home.database, subject)
    (part,) = [look for look in looks if look.ended == "A part of the answer was shown; the rest never was."]
    assert "health" not in {told.source for told in part.told}
    assert "internal-error" not in door.log()


@pytest.mark.usefixtures("patient")
async def test_whoever_does_not_accept_parts_gets_the_whole_answer(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all was there at once, where too many are under way, and where relatives are asked about."""
    given_ = given_about(door.home)
    plain = await door.ask(FAST_FIRST, given_, accept=GRAPHQL)
    assert "pending" not in plain.json()
    for query, accept in (
        (FAST_FIRST, MIXED),
        (FAST_FIRST, "multipart/mixed;deferSpec=20220824, application/json"),
        (ASK % "id ... @defer(if: false) { age }", MIXED),
        (ASK % "id relationships @stream { type }", MIXED),
        (BESIDE, MIXED),
    ):
        answer = await door.ask(query, given_, accept=accept)
        assert answer.headers["content-type"].startswith("application/"), query
        assert answer.json()["data"] == (await door.ask(query, given_)).json()["data"]
    for bound in ("MOST_AT_ONCE", "MOST_EACH"):
        with monkeypatch.context() as bounded:
            bounded.setattr(opening, bound, 0)
            bounded.setattr(arriving, "MOMENT", 0.0)
            gates = Gates(door.home, "health")
            asking = asyncio.create_task(door.ask(FAST_FIRST, given_, accept=MIXED))
            await asyncio.sleep(0.1)
            assert not asking.done()
            gates.open("health")
            assert (await asking).json()["data"] == plain.json()["data"]
            gates.lift()


@pytest.mark.usefixtures("patient")
async def test_whoever_accepts_nothing_else_is_told_in_one_part_and_refused_what_has_none(door: Door) -> None:
    given_ = given_about(door.home)
    one = await door.ask(FAST_FIRST, given_, accept="multipart/mixed")
    assert one.headers["content-type"] == 'multipart/mixed; boundary="-"'
    (part,) = mixed(one.content)
    assert part["hasNext"] is False
    assert part["data"] == (await door.ask(FAST_FIRST, given_)).json()["data"]
    assert (await door.ask("{ me { name } }", accept="multipart/mixed")).status_code == 406
    long = ASK % f'id ... @defer(label: "{"x" * 129}") {{ age }}'
    assert code((await door.ask(long, given_, accept=MIXED)).json()) == "LIMIT"
    assert (await door.ask("mutation { x }", accept=MIXED)).status_code == 400


@pytest.mark.usefixtures("patient")
async def test_what_is_refused_before_anything_leaves_is_refused_as_always(tmp_path: Path) -> None:
    """A budget that is spent, an id that is none, and a ledger that cannot be written: in a whole answer's words."""
    one = GroupLimits(people_hour=1, people_day=1, searches_hour=1)
    user = UserLimits(people_hour=1, people_day=1, searches_minute=1, searches_hour=1, misses_hour=1)
    few = Limits(user=user, client=one, organisation=one)
    async with house(tmp_path, limits=few) as home, post_of(home, tmp_path) as post:
        others = ("not an id!", home.ids["maya"], home.ids["rowan"])
        for variables in ({"id": one, "context": CONTEXT} for one in others):
            watcher = post.watch(FAST_FIRST, variables, accept=MIXED)
            status, _ = await watcher.started()
            body = await watcher.whole()
            assert status == 200
        assert body["data"] == {"person": None}
        assert code(body) in {"BUDGET_SPENT", "REASON_NEEDED"}

        async def full(*_: object) -> Any:
            raise LedgerUnavailable("disk-full")

        home.ledger.append = full  # type: ignore[method-assign] # a disk that is full
        refused = post.watch(FAST_FIRST, {"id": home.ids["hidden"], "context": CONTEXT}, accept=MIXED)
        assert (await refused.started())[0] in {200, 503}
        assert "data" in await refused.whole()


async def begun(post: Post) -> tuple[Watcher, Gates, dict[str, Any]]:
    """Ask in parts while one source is slow; give the client, what holds the source, and the first part."""
    gates = Gates(post.home, "health")
    watcher = post.watch(FAST_FIRST, given_about(post.home), accept="text/event-stream")
    await watcher.started()
    return watcher, gates, await watcher.event()


def errors(part: dict[str, Any]) -> set[tuple[str, str]]:
    """Give what is said of each part that does not come."""
    return {(e["extensions"]["code"], e["message"]) for one in part["completed"] for e in one["errors"]}


@pytest.mark.parametrize("what", ["credential", "ledger", "nobody foresaw"])
async def test_what_goes_wrong_on_the_way_is_a_code_and_no_value(
    post: Post, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is over, a ledger that is full, an error nobody foresaw: all outstanding says so, and ends."""
    watcher, gates, first = await begun(post)
    outstanding = {one["id"] for one in first["pending"]}
    told = {"UNAUTHENTICATED": OVER, "INTERNAL": THE_REST}
    if what == "credential":
        post.clock.later = 13 * 3600
    elif what == "ledger":

        async def full(*_: object) -> Any:
            raise LedgerUnavailable("disk-full")

        monkeypatch.setattr(post.home.ledger, "append", full)
    else:
        monkeypatch.setattr(type(post.home.answerer), "results", lambda *_: 1 / 0)
    gates.open("health")
    last = await watcher.event()
    assert {one["id"] for one in last["completed"]} == outstanding
    assert last["hasNext"] is False
    assert "incremental" not in last
    ((said, words),) = errors(last)
    assert words == told.get(said, words)
    assert said == {"credential": "UNAUTHENTICATED", "ledger": "NOT_READY", "nobody foresaw": "INTERNAL"}[what]
    assert await watcher.event() == "complete"
    assert ("internal-error" in post.home.log.getvalue()) is (what == "nobody foresaw")


async def test_a_client_that_does_not_read_is_dropped_and_its_sources_let_go_of(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next part waits for it a while and is then thrown away with the rest; the ledger has what was told."""
    monkeypatch.setattr(sending, "SLOW", 0.1)
    gates = Gates(post.home, "health", "police")
    watcher = post.watch(FAST_FIRST, given_about(post.home), accept=MIXED)
    await watcher.started()
    await watcher._next()
    watcher.reads.clear()
    gates.open("police")
    await asyncio.wait_for(asyncio.shield(watcher.task), 10)
    assert post.home.connectors["health"].cancelled == 1
    watcher.reads.set()


async def test_a_credential_that_ends_before_the_first_part_leaves_shows_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is let go of, with every source still asked, and the ledger told."""

    async def over(*_: object) -> None:
        raise Unauthenticated("revoked")

    monkeypatch.setattr(Guard, "insist", over)
    Gates(post.home, "health")
    watcher = post.watch(FAST_FIRST, given_about(post.home), accept=MIXED)
    assert (await watcher.started())[0] == 401
    assert code(await watcher.whole()) == "UNAUTHENTICATED"
    await asyncio.wait_for(watcher.task, 10)
    assert post.home.connectors["health"].cancelled == 1


async def test_whoever_leaves_before_the_first_part_is_not_worked_for(post: Post) -> None:
    """The first part waits for a source; the client leaves; the source is let go of, and the ledger told."""
    Gates(post.home, "health")
    query = ASK % "age ... @defer { sex }"
    begun = asyncio.Event()
    fetch = post.home.connectors["health"].misbehave

    async def told(ask: Any) -> None:
        begun.set()
        await fetch(ask)  # type: ignore[misc] # it is held

    post.home.connectors["health"].misbehave = told
    watcher = post.watch(query, given_about(post.home), accept=MIXED)
    await asyncio.wait_for(begun.wait(), 10)
    await watcher.leave()
    assert post.home.connectors["health"].cancelled == 1
    subject = post.home.answerer.preparer.pseudonyms.subject(post.home.ids["maya"])
    (look,) = await who_looked(post.home.database, subject)
    assert (look.ended, look.told) == ("The person asking left before the answer was shown.", ())


async def test_a_source_of_which_nothing_is_to_be_told_yet_makes_no_part(post: Post) -> None:
    gates = Gates(post.home, "health", "police")
    watcher = post.watch(ASK % "id ... @defer { age }", given_about(post.home), accept="text/event-stream")
    await watcher.started()
    assert (await watcher.event())["data"] == {"person": {"id": post.home.ids["maya"]}}
    for source in ("police", "health"):
        gates.open(source)
        await asyncio.sleep(arriving.BEAT)
    assert (await watcher.event())["incremental"] == [{"id": "0", "data": {"age": 13}}]
    assert await watcher.event() == "complete"


async def breaks(*_: object, **__: object) -> Any:
    """Fail as nobody foresaw."""
    raise ZeroDivisionError


async def begins_nothing(telling: Coroutine[Any, Any, None], *_: object) -> None:
    """Cancel a task before it begins: nothing runs of it, not even what it was to do in the end."""
    task = asyncio.create_task(telling)
    task.cancel()
    await asyncio.wait((task,))


UNFORESEEN: dict[str, Any] = {
    "the note beside it": (Executor, "note", lambda *_: 1 / 0),
    "the response": (http, "PartsResponse", lambda *_: 1 / 0),
    "the credential": (Guard, "insist", breaks),
    "the grid": (http, "until_next_step", breaks),
    "the count of requests": (Observer, "request", lambda *_: 1 / 0),
    "the place at the door": (sending, "note_work", lambda *_: 1 / 0),
    "what sends it": (sending, "told_while_there", breaks),
    "what sends it, before it begins": (sending, "told_while_there", begins_nothing),
}


@pytest.mark.parametrize("where", UNFORESEEN)
@pytest.mark.filterwarnings("ignore:coroutine .*_tell. was never awaited")
async def test_whatever_goes_wrong_between_the_first_part_and_its_sending_its_place_is_given_back(
    post: Post, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """The place of an answer in parts is free again, and every source still asked is let go of."""
    monkeypatch.setattr(*UNFORESEEN[where])
    Gates(post.home, "health")
    watcher = post.watch(FAST_FIRST, given_about(post.home), accept=MIXED)
    await asyncio.wait((watcher.task,), timeout=10)
    ended, watcher.task = watcher.task, asyncio.create_task(asyncio.sleep(0))  # how it failed is nothing to the fixture
    assert ended.done()
    ended.exception()
    assert post.home.executor._opening._under_way.total() == 0
    assert post.home.connectors["health"].cancelled == 1

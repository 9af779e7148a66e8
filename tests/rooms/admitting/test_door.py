"""The door under load: who is told to come again, in which words, and who never waits."""

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hub.admitting.door import AdmittingDoor
from hub.admitting.places import Places, Room
from hub.graphql.accepting import GRAPHQL, JSON
from hub.observing import Observer

FREE = ["/healthz", "/readyz", "/metrics", "/version", "/sign-out", "/sign-in/entra/signed-out-there", "/pages/a.css"]
FULL = Room(at_once=1, waiting=0, patience=0.2)


@dataclass
class Behind:
    """What stands behind the door: answers once it is let go, and knows how many it answers."""

    client: httpx2.AsyncClient
    observer: Observer
    go: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self) -> asyncio.Task[httpx2.Response]:
        """Ask a question that takes the place there is."""
        asking = asyncio.create_task(self.client.post("/graphql"))
        await self.begun.wait()
        return asking


@contextlib.asynccontextmanager
async def behind(room: Room) -> AsyncIterator[Behind]:
    """Open a door with these places."""

    async def answer(request: Request) -> Response:
        if request.url.path == "/falls":
            raise LookupError
        opened.begun.set()
        await opened.go.wait()
        return PlainTextResponse("answered")

    async def events(_: Request) -> Response:
        async def each() -> AsyncIterator[str]:
            yield "event: next\n\n"
            opened.begun.set()
            await opened.go.wait()

        return StreamingResponse(each(), media_type="text/event-stream")

    async def reads(request: Request) -> Response:
        opened.begun.set()
        return PlainTextResponse(await request.body())

    async def at_once(_: Request) -> Response:
        return PlainTextResponse("at once")

    observer = Observer(io.StringIO())
    asks = ("/graphql", "/access/v1/evaluation", "/find", "/oauth/token", "/falls")
    app = Starlette(
        routes=[
            *(Route(path, answer, methods=["GET", "POST"]) for path in asks),
            *(Route(path, at_once, methods=["GET", "POST"]) for path in FREE),
            Route("/events", events, methods=["POST"]),
            Route("/reads", reads, methods=["POST"]),
        ]
    )
    door = AdmittingDoor(app, Places(room, time.monotonic), observer)
    transport = httpx2.ASGITransport(app=door, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        opened = Behind(client, observer)
        yield opened
        opened.go.set()


@pytest.mark.parametrize(
    ("path", "accept", "media", "says"),
    [
        ("/graphql", JSON, JSON, '"code":"BUSY"'),
        ("/graphql", GRAPHQL, GRAPHQL, '"code":"BUSY"'),
        ("/access/v1/evaluation", JSON, JSON, '"The hub is answering'),
        ("/find", "text/html,*/*", "text/html; charset=utf-8", "<h1>The hub is busy</h1>"),
        ("/children/sign-out", "text/html,*/*", "text/html; charset=utf-8", "<h1>The hub is busy</h1>"),
        ("/oauth/token", JSON, JSON, '"error":'),
    ],
)
async def test_whoever_finds_no_place_is_told_to_come_again(path: str, accept: str, media: str, says: str) -> None:
    """503 with Retry-After, in the form the asker reads, kept by no cache; and it is counted."""
    async with behind(FULL) as opened:
        asking = await opened.hold()
        refused = await opened.client.post(path, headers={"accept": accept})
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["retry-after"]) <= 33
        assert refused.headers["content-type"] == media
        assert refused.headers["cache-control"] == "no-store"
        assert says in refused.text
        assert "hub_turned_away_total 1.0" in opened.observer.metrics().decode()
        opened.go.set()
        assert (await asking).text == "answered"


@pytest.mark.parametrize("path", FREE)
async def test_health_and_signing_out_never_wait(path: str) -> None:
    """However many ask, the operator's tools are answered, and whoever ends a session ends it."""
    async with behind(FULL) as opened:
        asking = await opened.hold()
        assert (await opened.client.post(path)).text == "at once"
        opened.go.set()
        await asking


async def test_whoever_waits_is_answered_when_a_place_comes_free() -> None:
    """One waits; the operator sees one answered and one waiting."""
    async with behind(Room(at_once=1, waiting=1, patience=60)) as opened:
        asking = await opened.hold()
        waiting = asyncio.create_task(opened.client.post("/graphql"))
        while 'hub_crowd{where="waiting"} 1.0' not in opened.observer.metrics().decode():  # noqa: ASYNC110 -- a count is no event
            await asyncio.sleep(0)
        assert 'hub_crowd{where="answered"} 1.0' in opened.observer.metrics().decode()
        opened.go.set()
        assert [(await task).text for task in (asking, waiting)] == ["answered"] * 2


async def test_a_place_is_given_back_however_it_ends() -> None:
    """What falls over behind the door takes no place with it."""
    async with behind(FULL) as opened:
        for _ in range(3):
            assert (await opened.client.post("/falls")).status_code == 500
        opened.go.set()
        assert (await opened.client.post("/graphql")).text == "answered"


async def test_whoever_sends_slowly_holds_no_place_meanwhile() -> None:
    """A body on its way keeps nobody out, and whoever sent it goes on before all who came since."""
    sent = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"all "
        await sent.wait()
        yield b"of it"

    async with behind(Room(at_once=1, waiting=2, patience=60)) as opened:
        dawdling = [asyncio.create_task(opened.client.post("/reads", content=slowly())) for _ in range(3)]
        await opened.begun.wait()
        opened.begun.clear()
        asking = asyncio.create_task(opened.client.post("/graphql"))
        async with asyncio.timeout(10):
            await opened.begun.wait()
        sent.set()
        opened.go.set()
        assert (await asking).text == "answered"
        assert [(await one).text for one in dawdling] == ["all of it"] * 3
        assert 'hub_crowd{where="answered"} 0.0' in opened.observer.metrics().decode()


async def test_whoever_listens_for_events_holds_no_place() -> None:
    """A stream of events may last for hours: its place is given back when it begins, once."""
    async with behind(FULL) as opened:
        listening = asyncio.create_task(opened.client.post("/events"))
        await opened.begun.wait()
        opened.begun.clear()
        asking = await opened.hold()
        assert (await opened.client.post("/graphql")).status_code == 503
        opened.go.set()
        assert (await asking).text == "answered"
        await listening
        assert 'hub_crowd{where="answered"} 0.0' in opened.observer.metrics().decode()

"""Watchers: clients of events, spoken to message by message, and a house where watches look often."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from hub.admitting.places import Places as AtTheDoor
from hub.admitting.places import Room as AdmittingRoom
from hub.audit.pseudonyms import Pseudonyms
from hub.graphql.http import GraphQLEndpoint
from hub.graphql.persisted import Persisted
from hub.graphql.resolving import Resolving
from hub.graphql.watching.arrival import Arrivals
from hub.graphql.watching.bounds import Bounds
from hub.graphql.watching.farewells import Farewells
from hub.graphql.watching.pace import Pace
from hub.graphql.watching.places import Places
from hub.graphql.watching.room import Room
from hub.graphql.watching.sockets import sockets_of
from hub.identity.cookie_credential import CookieCredential
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.door import Door
from hub.identity.owed import Owed
from hub.identity.tokens import TokenReader
from hub.keys import read_keys
from hub.settings import Environment
from tests.cast import NOW, requester
from tests.house import House
from tests.rooms.graphql.conftest import AUDIENCE, CONTEXT
from tests.rooms.graphql.speakers import Speaker

OFTEN = Bounds(every=0.04, most=6, each=3, beat=0.02, slow=0.2)
"""Looks many times a second, so that nobody waits for one."""

ONCE = replace(OFTEN, every=60.0, beat=60.0)
"""Looks once, where many are kept and how many is what is tried."""

WATCH = """
subscription ($id: ID!, $context: RequestContext!) { involvementChanged(id: $id, context: $context) {
  seenAt changes { source service change }
  person { id involvements { service status start } sources { source outcome } withheld { path code } }
} }
"""

Message = MutableMapping[str, Any]


@dataclass(repr=False)
class Clock:
    """What time a token's reader takes it to be: seconds later than it is."""

    later: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.later


SPOKEN = "graphql-transport-ws"


@dataclass(repr=False)
class Post:
    """Where watchers come: the endpoint, with everything behind it."""

    home: House
    issuer: DevelopmentIssuer
    room: Room
    app: Any
    clock: Clock
    watchers: list["Watcher"] = field(default_factory=list)
    speakers: list[Speaker] = field(default_factory=list)

    def token(self, who: str = "front-door") -> str:
        return self.issuer.token(requester(who), audience=AUDIENCE)

    def variables(self, child: str = "maya", purpose: str = "CHILD_PROTECTION") -> dict[str, Any]:
        return {"id": self.home.ids.get(child, child), "context": CONTEXT | {"purpose": purpose}}

    async def looks(self, more: int = 2) -> None:
        """Wait until watches have looked so many times more; one that looked has also told what it saw before."""
        until = self._looked() + more
        async with asyncio.timeout(10):
            while self._looked() < until:  # noqa: ASYNC110 -- a number that is counted, and no event
                await asyncio.sleep(0.005)

    def _looked(self) -> float:
        return self.home.observer.registry.get_sample_value("hub_watch_looks_total") or 0.0

    def watch(
        self,
        query: str = WATCH,
        variables: dict[str, Any] | None = None,
        *,
        who: str = "front-door",
        accept: str = "text/event-stream",
        **headers: str,
    ) -> "Watcher":
        """Ask for events."""
        body = orjson.dumps({"query": query, "variables": self.variables() if variables is None else variables})
        given = {"authorization": f"Bearer {self.token(who)}", "content-type": "application/json", "accept": accept}
        watcher = Watcher(self.app, body, given | headers)
        self.watchers.append(watcher)
        return watcher

    def speak(self, headers: dict[str, str] | None = None, subprotocols: Sequence[str] = (SPOKEN,)) -> Speaker:
        """Open a socket."""
        speaker = Speaker(self.app, headers or {}, list(subprotocols))
        self.speakers.append(speaker)
        return speaker


class Watcher:
    """One client of events."""

    def __init__(self, app: Any, body: bytes, headers: dict[str, str]) -> None:
        self._came = asyncio.Queue[Message]()
        self._came.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self._sent = asyncio.Queue[Message]()
        self._parts: list[bytes] = []
        self.reads = asyncio.Event()
        self.reads.set()
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
            "headers": raw, "client": ("127.0.0.1", 1), "server": ("hub", 80), "scheme": "http",
            "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._came.get, self._send))

    async def _send(self, message: Message) -> None:
        await self.reads.wait()
        await self._sent.put(message)

    async def started(self) -> tuple[int, dict[str, str]]:
        """Give the status and the headers."""
        message = await self._next()
        assert message["type"] == "http.response.start"
        return message["status"], {name.decode(): value.decode() for name, value in message["headers"]}

    async def _next(self) -> Message:
        async with asyncio.timeout(10):
            return await self._sent.get()

    async def whole(self) -> dict[str, Any]:
        """Give a body that is no stream."""
        body: dict[str, Any] = orjson.loads((await self._next())["body"])
        return body

    async def event(self) -> Any:
        """Give the next event's data, ``complete``, or ``cut`` where the stream ends without it; signs of life pass."""
        while not self._parts:
            message = await self._next()
            self._parts += [part for part in message["body"].split(b"\n\n") if part not in {b"", b":"}]
            if not message["more_body"]:
                self._parts.append(b"")
        part = self._parts.pop(0)
        if part.startswith(b"event: next\ndata: "):
            return orjson.loads(part.removeprefix(b"event: next\ndata: "))
        assert part in {b"", b"event: complete\ndata:"}
        return "complete" if part else "cut"

    async def alive(self, times: int) -> None:
        """Wait for so many signs of life: nothing else may come."""
        for _ in range(times):
            assert (await self._next())["body"] == b":\n\n"

    def told_nothing(self) -> bool:
        """Say whether nothing came but signs of life, and throw those away."""
        came = []
        while not self._sent.empty():
            came.append(self._sent.get_nowait()["body"])
        return set(came) <= {b":\n\n"}

    async def leave(self) -> None:
        """Hang up, and wait until the hub has seen it."""
        self._came.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(self.task, 10)


@contextlib.asynccontextmanager
async def post_of(
    home: House,
    folder: Path,
    bounds: Bounds = OFTEN,
    *,
    unnamed: int = 6,
    patience: float = 10.0,
    cookie: CookieCredential | None = None,
    step: float = 0.0,
) -> AsyncIterator[Post]:
    """Put the endpoint before a house, with a room for watches."""
    issuer, clock = DevelopmentIssuer(folder, Environment.DEMO), Clock()
    tokens = TokenReader.of_keys(issuer.public_keys, issuer=ISSUER, audience=AUDIENCE, clock=clock)
    places = Places(bounds, home.observer.watches)
    asking, pseudonyms = home.executor._asking, Pseudonyms(read_keys(folder / "keys"))
    farewells = Farewells(Owed(home.database, home.ledger, home.observer.sign_out_unwritten), 0.02)
    door = AtTheDoor(AdmittingRoom(), time.monotonic)
    begun = Pace(bounds.begun)
    room = Room(
        asking, home.ledger, pseudonyms, home.observer, places, door, farewells, begun, bounds, lambda: NOW, step
    )
    endpoint = GraphQLEndpoint(home.executor, Door(tokens), home.observer, room=room)
    resolving, arrivals = Resolving(Persisted(automatic=False), None), Arrivals(Door(tokens), cookie)
    sockets = sockets_of(home.executor, resolving, room, arrivals, home.observer, unnamed=unnamed, patience=patience)
    routes = [Route("/graphql", endpoint.__call__, methods=["GET", "POST"])]
    app = Starlette(routes=[*routes, WebSocketRoute("/graphql", sockets.__call__)])
    post = Post(home, issuer, room, app, clock)
    try:
        yield post
    finally:
        await room.places.stop()
        await farewells.close()
        for watcher in post.watchers:
            watcher.reads.set()
            await asyncio.wait_for(watcher.task, 10)
        for speaker in post.speakers:
            speaker.reads.set()
            await speaker.leave()

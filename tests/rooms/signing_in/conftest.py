"""Hubs to sign in at: every room joined over real HTTP, one replica or two, on either database."""

import asyncio
import contextlib
import io
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import orjson
import pytest
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from hub.audit.export import RECORDS, rows
from hub.graphql.http import GraphQLEndpoint
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.door import Door
from hub.identity.sign_in_room import SignInRoom, sign_in_room
from hub.identity.tokens import TokenReader
from hub.keys import read_keys
from hub.people.sealing import Sealer
from hub.settings import Environment, Settings, read_settings
from hub.web.routes import sign_in_routes
from tests.house import House, house
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.files import liar_file
from tests.rooms.signing_in.liar import Liar, lying

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(repr=False)
class Replica:
    """A hub that runs: the address people have of it, its own, and what it is made of."""

    url: str
    at: str
    home: House
    room: SignInRoom
    settings: Settings

    def logged(self) -> str:
        """Give the hub's own log."""
        return self.home.log.getvalue()

    async def events(self) -> list[dict[str, Any]]:
        """Give what the ledger says of signing in, in order."""
        async with self.home.database.read() as connection:
            bodies = [orjson.loads(row["body"]) async for row in rows(connection, select(RECORDS))]
        return [body for body in bodies if "issuer" in body.get("facts", {})]


@contextlib.asynccontextmanager
async def listening(app: Starlette, door: socket.socket) -> AsyncIterator[None]:
    """Serve an application at a port that is known before it starts."""
    config = uvicorn.Config(app, log_config=None, access_log=False, proxy_headers=False, lifespan="off")
    running = uvicorn.Server(config)
    running.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    task = asyncio.create_task(running.serve(sockets=[door]))
    try:
        while not running.started:
            if task.done():
                await task
            await asyncio.sleep(0.002)
        yield
    finally:
        running.should_exit = True
        await task


PUBLIC = "http://hub.example.org"
"""The address of hubs behind something that speaks for them: replicas have one between them."""


@contextlib.asynccontextmanager
async def liar_and_hub(
    folder: Path, more: str = "", sessions: str = "", **given: object
) -> AsyncIterator[tuple[Liar, Replica]]:
    """Run an issuer that lies when it is told to, and a hub that lets people sign in there."""
    async with lying() as liar:
        path = liar_file(folder, liar.url, more, sessions)
        async with replica_of(folder / "hub", **({"sign_in": path, "public_url": PUBLIC} | given)) as hub:
            yield liar, hub


@contextlib.asynccontextmanager
async def replica_of(
    folder: Path,
    *,
    url: str | None = None,
    name: str = "test-1",
    door: socket.socket | None = None,
    **given: object,
) -> AsyncIterator[Replica]:
    """Run a hub; two of one folder and database are replicas of one."""
    door = door or socket.create_server(("127.0.0.1", 0))
    wanted = {"env": "development", "data": folder, "port": door.getsockname()[1]} | given
    settings = read_settings({}, **wanted)
    async with house(folder, url=url, replica=name) as home:
        keyring, observer = read_keys(folder / "keys"), home.observer
        room = sign_in_room(
            settings,
            home.database,
            Sealer(keyring.versions("kek")),
            home.ledger,
            home.acting.pseudonyms,
            home.acting.clock,
            observer.issuer_keys_unread,
            observer.sign_out_unwritten,
        )
        assert room is not None
        issuer = DevelopmentIssuer(folder, Environment.DEMO)
        tokens = TokenReader.of_keys(issuer.public_keys, issuer=ISSUER, audience=settings.audience)
        endpoint = GraphQLEndpoint(home.executor, Door(tokens), observer, room.credential)
        routes = [
            Route("/graphql", endpoint.__call__, methods=METHODS),
            *sign_in_routes(lambda request: request.app.state.hub, development=True),
        ]
        app = Starlette(routes=routes)
        app.state.hub = SimpleNamespace(settings=settings, sign_in=room, observer=observer)
        async with listening(app, door):
            yield Replica(settings.base_url, f"http://127.0.0.1:{settings.port}", home, room, settings)
        await room.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False, verify=False) as made:
        yield made


@pytest.fixture
def browser(client: httpx2.AsyncClient) -> Browser:
    """Give a browser nobody used yet."""
    return Browser(client)


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Take all that any library logs, down to DEBUG."""
    log = io.StringIO()
    handler, root = logging.StreamHandler(log), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
async def replica(tmp_path: Path) -> AsyncIterator[Replica]:
    """Give a hub with the development issuer."""
    async with replica_of(tmp_path) as made:
        yield made


async def sign_in(browser: Browser, url: str, person: str = "front-door", path: str = "/sign-in") -> httpx2.Response:
    """Sign in as somebody at the development issuer."""
    return await browser.submit(await browser.get(f"{url}{path}"), person=person)

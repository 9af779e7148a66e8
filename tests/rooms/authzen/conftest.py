"""The decision point over real HTTP messages: the whole house behind it, tokens of a real issuer before it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
import pytest_asyncio
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.http import AuthZen, described
from hub.authzen.joined import authzen
from hub.authzen.metadata import ENDPOINTS, WELL_KNOWN
from hub.graphql.trusted.register import TrustedRegister
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.door import Door as Guard
from hub.identity.keys_held import HeldKeys
from hub.identity.naming import ByClaims
from hub.identity.requester import Bound, Requester
from hub.identity.signed import Signed
from hub.identity.tokens import TokenReader
from hub.identity.trusted import TrustedIssuer
from hub.keys import read_keys
from hub.settings import Environment
from hub.store.database import table
from hub.store.tables.audit import AuditRecord
from tests.cast import NOW, requester
from tests.house import House, house

AUDIENCE = "tests"


@dataclass(repr=False)
class Point:
    """The decision point as a partner finds it."""

    home: House
    access: AuthZen
    bonds: dict[str, Bound]
    issuer: DevelopmentIssuer
    app: Starlette
    client: httpx2.AsyncClient
    keys: Path

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 -- Hypothesis' own hook
        printer.text("Point")

    async def send(
        self, path: str, content: bytes, who: str | Requester = "ig-officer", method: str = "POST", **headers: str
    ) -> httpx2.Response:
        """Send bytes as somebody who has signed in."""
        token = self.issuer.token(requester(who) if isinstance(who, str) else who, audience=AUDIENCE)
        given = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"/access/v1/{path}", content=content, headers=given)

    async def ask(self, path: str, body: Any, who: str | Requester = "ig-officer", **headers: str) -> Any:
        """Ask, and insist on an answer."""
        response = await self.send(path, orjson.dumps(body), who, **headers)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, body: Any, who: str | Requester = "ig-officer") -> tuple[int, str]:
        """Ask, and insist on a refusal: its status and its sentence."""
        response = await self.send(path, orjson.dumps(body), who)
        assert response.status_code != 200, response.text
        assert response.headers["content-type"] == "application/json"
        said = response.json()
        assert isinstance(said, str)
        return response.status_code, said

    async def written(self) -> list[dict[str, Any]]:
        """Give what the ledger holds, in order, each with its kind."""
        records = table(AuditRecord)
        query = select(records.c.kind, records.c.body).order_by(records.c.seq)
        async with self.home.database.read() as connection:
            found = (await connection.execute(query)).all()
        return [{"kind": str(kind), **orjson.loads(body)} for kind, body in found]


@dataclass(frozen=True)
class ByBond:
    """Names whoever the claims name, bound as the register would have the system they use."""

    bonds: dict[str, Bound]

    async def requester(self, token: Signed) -> Requester:
        named = await ByClaims().requester(token)
        return replace(named, bound=self.bonds.get(named.client))


@contextlib.asynccontextmanager
async def point_of(home: House, folder: Path) -> AsyncIterator[Point]:
    """Put the decision point before a house."""
    issuer = DevelopmentIssuer(folder, Environment.DEMO)
    bonds: dict[str, Bound] = {}
    trusted = TrustedIssuer(ISSUER, AUDIENCE, HeldKeys(issuer.public_keys.keys), ByBond(bonds))
    tokens = Guard(TokenReader(trusted))
    keyring = read_keys(folder / "keys")
    rooms = (home.executor._asking, home.register, home.answerer.preparer.rulebooks, home.ledger)
    beside = (home.answerer.preparer.sources, TrustedRegister(home.database))
    told = (Pseudonyms(keyring), tokens, home.observer, *beside)
    access = authzen(*rooms, *told, key=keyring.index, clock=lambda: NOW)

    async def metadata(request: Request) -> Response:
        return described(request, "https")

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    routes = [Route(path, access.__call__, methods=methods) for path in ENDPOINTS.values()]
    app = Starlette(routes=[*routes, Route(WELL_KNOWN, metadata)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client:
        yield Point(home, access, bonds, issuer, app, client, folder / "keys")


@pytest.fixture
async def point(tmp_path: Path) -> AsyncIterator[Point]:
    async with house(tmp_path) as home, point_of(home, tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Point]:
    """Keep one house open for the tests of a module that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared")
    async with house(folder) as home, point_of(home, folder) as opened:
        yield opened

"""The GraphQL endpoint over real HTTP messages: the whole house behind it, tokens of a real issuer before it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from hub.graphql.execution import Executor, build_schema
from hub.graphql.http import USUAL, GraphQLEndpoint
from hub.graphql.manner import Manner
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.door import Door as Guard
from hub.identity.tokens import TokenReader
from hub.settings import Environment
from tests.cast import requester
from tests.house import House, house

AUDIENCE = "tests"
GRAPHQL = "application/graphql-response+json"
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}


def code(body: dict[str, Any]) -> str:
    """Give the first error's code."""
    return str(body["errors"][0]["extensions"]["code"])


@dataclass(repr=False)
class Door:
    """The endpoint as a client finds it."""

    home: House
    issuer: DevelopmentIssuer
    app: Starlette
    client: httpx2.AsyncClient

    def token(self, who: str = "front-door") -> str:
        return self.issuer.token(requester(who), audience=AUDIENCE)

    async def send(
        self, content: bytes, *, who: str = "front-door", method: str = "POST", **headers: str
    ) -> httpx2.Response:
        """Send bytes as a signed-in worker."""
        given = {"authorization": f"Bearer {self.token(who)}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, "/graphql", content=content, headers=given)

    async def ask(
        self, query: str, variables: Any = None, *, name: Any = None, who: str = "front-door", **headers: str
    ) -> httpx2.Response:
        """Send a GraphQL request."""
        body = {"query": query, "variables": variables, "operationName": name}
        return await self.send(orjson.dumps(body), who=who, **headers)

    def log(self) -> str:
        """Give all that was logged so far."""
        return self.home.log.getvalue()


@contextlib.asynccontextmanager
async def door_of(
    home: House, folder: Path, executor: Executor | None = None, step: float = 0.0, manner: Manner = USUAL
) -> AsyncIterator[Door]:
    """Put the HTTP view before a house."""
    issuer = DevelopmentIssuer(folder, Environment.DEMO)
    tokens = Guard(TokenReader.of_keys(issuer.public_keys, issuer=ISSUER, audience=AUDIENCE))
    endpoint = GraphQLEndpoint(executor or home.executor, tokens, home.observer, step=step, manner=manner)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    app = Starlette(routes=[Route("/graphql", endpoint.__call__, methods=methods)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client:
        yield Door(home, issuer, app, client)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with house(tmp_path) as home, door_of(home, tmp_path) as opened:
        yield opened


@contextlib.asynccontextmanager
async def production_of(home: House, folder: Path) -> AsyncIterator[Door]:
    """Put the HTTP view before a house as production has it: no introspection but for officers."""
    asking, governing = home.executor._asking, home.executor._governing
    failed = home.observer.internal
    executor = Executor(build_schema(), asking, governing, introspection=False, failed=failed)
    async with door_of(home, folder, executor) as opened:
        yield opened


@pytest.fixture
async def closed_door(tmp_path: Path) -> AsyncIterator[Door]:
    """Give the endpoint as in production: no introspection."""
    async with house(tmp_path) as home, production_of(home, tmp_path) as opened:
        yield opened

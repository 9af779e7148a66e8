"""Plain Strawberry with no policy, no sign-in and no audit, over the same agencies and the same HTTP client."""

import asyncio
import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.extensions import ParserCache, ValidationCache

PORTS = [int(p) for p in os.environ["BENCH_PORTS"].split()]
_SESSION: dict[str, aiohttp.ClientSession] = {}


async def get(port: int, path: str, people: str = "P1") -> Any:
    """Ask one agency."""
    async with _SESSION["one"].get(f"http://127.0.0.1:{port}/{path}?person={people}") as response:
        return orjson.loads(await response.read())


@strawberry.type
class Professional:
    """A professional."""

    id: str
    name: str
    role: str
    team: str
    phone: str
    email: str
    status: str


@strawberry.type
class Involvement:
    """An involvement."""

    id: str
    status: str
    sub_service: str
    organisation: str
    team: str
    start: dt.date | None
    end: dt.date | None
    professionals: list[Professional]


@strawberry.type
class Event:
    """An event."""

    id: str
    date: dt.date | None
    end_date: dt.date | None
    kind: str
    title: str
    summary: str
    impact: str
    action_taken: str
    outcome: str
    service: str


def day(text: str | None) -> dt.date | None:
    """Read a date."""
    return dt.date.fromisoformat(text) if text else None


def involvement(i: dict[str, Any]) -> Involvement:
    """Read an involvement."""
    workers = [
        Professional(
            id=w["workerId"],
            name=w["name"],
            role=w["role"],
            team=w["team"],
            phone=w["phone"],
            email=w["email"],
            status=w["state"],
        )
        for w in i["workers"]
    ]
    return Involvement(
        id=i["ref"],
        status=i["state"],
        sub_service=i["part"],
        organisation=i["organisation"],
        team=i["team"],
        start=day(i["from"]),
        end=day(i["to"]),
        professionals=workers,
    )


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    async def involvements(self, people: str = "P1") -> list[Involvement]:
        """Ask all nine who is involved."""
        answers = await asyncio.gather(*(get(p, "involvements", people) for p in PORTS))
        return [involvement(i) for a in answers for i in a["items"]]

    @strawberry.field
    async def chronology(self) -> list[Event]:
        """Ask one agency for its chronology."""
        answer = await get(PORTS[0], "events")
        return [
            Event(
                id=e["ref"],
                date=day(e["on"]),
                end_date=day(e["until"]),
                kind=e["kind"],
                title=e["title"],
                summary=e["summary"],
                impact=e["impact"],
                action_taken=e["action"],
                outcome=e["outcome"],
                service="SOCIAL_CARE",
            )
            for e in answer["items"]
        ]


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])


@contextlib.asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Hold one pooled session."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        _SESSION["one"] = session
        yield


async def graphql(request: Request) -> Response:
    """Answer a query."""
    asked = orjson.loads(await request.body())
    done = await schema.execute(asked["query"], variable_values=asked.get("variables"))
    assert not done.errors, done.errors
    return Response(orjson.dumps({"data": done.data}))


app = Starlette(routes=[Route("/graphql", graphql, methods=["POST"])], lifespan=lifespan)

"""The same fan-out with no GraphQL, no policy, no sign-in and no audit: Starlette, aiohttp and orjson."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PORTS = [int(p) for p in os.environ["BENCH_PORTS"].split()]


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Hold one pooled session."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app.state.session = session
        yield


async def get(session: aiohttp.ClientSession, port: int, path: str, people: str = "P1") -> Any:
    """Ask one agency."""
    async with session.get(f"http://127.0.0.1:{port}/{path}?person={people}") as response:
        return orjson.loads(await response.read())


async def who(request: Request) -> Response:
    """Ask all nine who is involved: with one child, or with those named."""
    people = (await request.body()).decode() or "P1"
    answers = await asyncio.gather(*(get(request.app.state.session, p, "involvements", people) for p in PORTS))
    return Response(orjson.dumps({"involvements": [i for a in answers for i in a["items"]]}))


async def chronology(request: Request) -> Response:
    """Ask one agency for its chronology."""
    await request.body()
    answer = await get(request.app.state.session, PORTS[0], "events")
    return Response(orjson.dumps({"chronology": answer["items"]}))


app = Starlette(
    routes=[Route("/who", who, methods=["POST"]), Route("/chronology", chronology, methods=["POST"])],
    lifespan=lifespan,
)

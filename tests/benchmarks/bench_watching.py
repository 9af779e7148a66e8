"""A hundred watches of one worker over nine agencies: what they take, and how soon a change is told.

``python -m tests.benchmarks watching [seconds between two looks] [watches]``. Ten askers keep ten each, over
server-sent events or over sockets. A change is made at every agency at once, at a moment of its own; each watch tells
it at its next look. Meanwhile somebody else asks a little, and in the last line one more asker floods.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from tests.benchmarks.gateway.governing import signed_in
from tests.benchmarks.gateway.serving import Server
from tests.benchmarks.gateway.worker import Worker, hub
from tests.benchmarks.open_loop import Became, at, offer

EACH: Final = 10
OTHER: Final = 5
"""Questions a second of somebody else."""
FLOOD: Final = 500
"""Questions a second of whoever floods."""
WATCH: Final = """subscription ($id: ID!, $context: RequestContext!) { involvementChanged(id: $id, context: $context) {
  changes { source change } person { involvements { service status team start professionals { name phone email } }
  sources { source outcome } } } }"""
HEAD: Final = (
    "| watches | over | first told p95 s | looks/s | processor % | RSS MiB | more, KiB each | change told: of | p50 s "
    "| p95 s | longest s | another's p95 ms |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass
class Heard:
    """When events came: how many of a watch, and each moment."""

    begun: float = field(default_factory=time.perf_counter)
    moments: list[list[float]] = field(default_factory=list)

    def watch(self) -> list[float]:
        """Give where one watch's moments are put."""
        self.moments.append([])
        return self.moments[-1]


async def over_events(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], asked: Any, heard: Heard
) -> None:
    """Keep ten watches of one asker, a stream each."""

    async def one(moments: list[float]) -> None:
        given = headers | {"Accept": "text/event-stream"}
        async with session.post(url, data=json.dumps(asked), headers=given) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    moments.append(time.perf_counter())  # noqa: PERF401 -- each at its moment

    await asyncio.gather(*(one(heard.watch()) for _ in range(EACH)))


async def over_a_socket(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], asked: Any, heard: Heard
) -> None:
    """Keep ten watches of one asker on one socket."""
    moments = [heard.watch() for _ in range(EACH)]
    async with session.ws_connect(url, protocols=("graphql-transport-ws",), max_msg_size=0) as socket:
        payload = {"authorization": headers["Authorization"]}
        await socket.send_json({"type": "connection_init", "payload": payload})
        await socket.receive_json()
        for n in range(EACH):
            await socket.send_json({"type": "subscribe", "id": str(n), "payload": asked})
        async for said in socket:
            told = said.json()
            if told["type"] == "next":
                moments[int(told["id"])].append(time.perf_counter())


@contextlib.asynccontextmanager
async def watching(served: Worker, many: int, how: str) -> AsyncIterator[Heard]:
    """Keep so many watches until the block ends; each was told once when it begins."""
    heard, keep = Heard(), over_events if how == "events" else over_a_socket
    asked = {"query": WATCH, "variables": json.loads(served.who.body)["variables"]}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(None)) as session:
        tasks = [
            asyncio.create_task(keep(session, served.who.url, dict(signed_in(served.folder, f"w{n}")), asked, heard))
            for n in range(many // EACH)
        ]
        while sum(map(bool, heard.moments)) < many:  # noqa: ASYNC110 -- a number that is counted, and no event
            await asyncio.sleep(0.05)
        yield heard
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(2)


async def line(served: Worker, many: int, how: str, every: float, *, flood: bool = False) -> str:
    """Measure one line of the table."""
    before, process = served.rss, Server(served.port, served.pid)
    async with watching(served, many, how) as heard:
        first = [moments[0] - heard.begun for moments in heard.moments]
        asking = asyncio.create_task(offer([served.another], OTHER, 2.2 * every, seed=7))
        flooding = asyncio.create_task(offer([served.who], FLOOD, 2.2 * every)) if flood else None
        await asyncio.sleep(every / 3)
        async with aiohttp.ClientSession() as session:
            spent, looked, begun = process.spent(), await looks(session, served.port), time.perf_counter()
            await session.get(f"http://127.0.0.1:{served.agency}/move")
            moved = time.perf_counter()
            other: Became = await asking
            seconds = time.perf_counter() - begun
            looked, spent = await looks(session, served.port) - looked, process.spent() - spent
        if flooding is not None:
            await flooding
        told = [next((one - moved for one in moments if one > moved), None) for moments in heard.moments]
        rss = served.rss
    late = [one for one in told if one is not None]
    return (
        f"| {many} | {how}{', beside a flood' if flood else ''} | {at(first, 0.95, 1, 1)} | {looked / seconds:.1f} "
        f"| {100 * spent / seconds:.0f} | {rss:.0f} | {(rss - before) * 1024 / max(1, many):.0f} | {len(late)} "
        f"| {at(late, 0.5, 1, 1)} | {at(late, 0.95, 1, 1)} | {max(late, default=0):.1f} | {at(other.answered, 0.95)} |"
    )


async def looks(session: aiohttp.ClientSession, port: int) -> float:
    """Give how many looks there were so far."""
    async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
        text = await response.text()
    return float(text.partition("\nhub_watch_looks_total ")[2].partition("\n")[0] or 0)


async def measure(served: Worker, every: float, many: int) -> None:
    """Print a line for each way."""
    await offer([served.who, served.another], 20, 2)
    print(f"A look every {every:.0f} seconds, a tenth more or less.\n\n{HEAD}", flush=True)
    print(await line(served, 0, "events", every), flush=True)
    for how in ("events", "a socket each ten"):
        print(await line(served, many, how, every), flush=True)
    print(await line(served, many, "events", every, flood=True), flush=True)


def main(every: float = 30.0, many: int = 100) -> None:
    """Run it and print the table."""
    os.environ |= {"HUB_WATCH_SECONDS": str(every), "HUB_WATCHES": str(many)}
    with hub() as served:
        asyncio.run(measure(served, every, many))


if __name__ == "__main__":
    main(*(kind(given) for kind, given in zip((float, int), sys.argv[1:], strict=False)))

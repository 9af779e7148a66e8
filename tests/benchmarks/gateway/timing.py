"""Requests fired at servers side by side: what each takes on the clock, of the processor, and with many in flight."""

import asyncio
import http.client
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from tests.benchmarks.gateway.serving import Server


@dataclass(frozen=True, slots=True)
class Told:
    """How often a word must be in an answer: a benchmark of refusals would be quick."""

    word: bytes
    times: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One request to one server, and what must be in its answer."""

    server: Server
    path: str
    body: bytes
    headers: Mapping[str, str]
    told: Told

    def check(self, status: int, body: bytes) -> None:
        """Insist that the answer is whole."""
        assert status == http.HTTPStatus.OK, body[:300]
        assert body.count(self.told.word) == self.told.times, body[:300]


@dataclass(frozen=True, slots=True)
class Took:
    """What one request to one server takes, by the median, in milliseconds."""

    clock: float
    processor: float


def took(shots: Mapping[str, Shot], rounds: int) -> dict[str, Took]:
    """Fire each in turn, round after round, after a tenth of them that do not count."""
    connections = {name: http.client.HTTPConnection("127.0.0.1", s.server.port) for name, s in shots.items()}
    clocks: dict[str, list[float]] = {name: [] for name in shots}
    processors: dict[str, list[float]] = {name: [] for name in shots}
    for n in range(rounds + rounds // 10):
        for name, shot in shots.items():
            before, started = shot.server.spent(), time.perf_counter()
            connections[name].request("POST", shot.path, shot.body, dict(shot.headers))
            response = connections[name].getresponse()
            body = response.read()
            ended = time.perf_counter()
            shot.check(response.status, body)
            if n >= rounds // 10:
                clocks[name].append(ended - started)
                processors[name].append(shot.server.spent() - before)
    return {
        name: Took(statistics.median(clocks[name]) * 1000, statistics.median(processors[name]) * 1000) for name in shots
    }


async def _rate(shot: Shot, most: int, flying: int) -> float:
    left = iter(range(most))
    url = f"http://127.0.0.1:{shot.server.port}{shot.path}"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            for _ in left:
                async with session.post(url, data=shot.body, headers=shot.headers) as response:
                    shot.check(response.status, await response.read())

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(flying)))
        return most / (time.perf_counter() - started)


def rate(shot: Shot, most: int, flying: int) -> float:
    """Give answers per second with so many in flight."""
    return asyncio.run(_rate(shot, most, flying))

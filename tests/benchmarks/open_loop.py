"""Asking by a fixed schedule, whatever the answers do, and timing each from the moment it was due.

A client that waits for one answer before it asks again asks less the slower it is answered, and so leaves out the very
waits that matter ("coordinated omission"). Here arrivals are drawn beforehand, as strangers come who know nothing of
each other (a Poisson process), and whoever is asked late because this process was busy counts the delay as waited.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp

PATIENCE: Final = 30.0
"""Seconds after which an answer is no longer waited for."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, and how many times a word stands in its whole answer."""

    url: str
    body: bytes
    headers: dict[str, str]
    word: bytes = b'"data"'
    times: int = 1


@dataclass(slots=True)
class Became:
    """What became of what was asked at one rate. Seconds are from the moment each was due."""

    seconds: float = 0.0
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    """503 with Retry-After."""
    failed: list[str] = field(default_factory=list)
    """Anything else, by its status or kind."""
    late: list[float] = field(default_factory=list)
    """How late each was sent."""

    @property
    def asked(self) -> int:
        """Give how many were asked."""
        return len(self.answered) + len(self.refused) + len(self.failed)


def arrivals(rate: float, seconds: float, seed: int = 6) -> Iterator[float]:
    """Give when each is due, in seconds from the beginning."""
    drawn, at = random.Random(seed), 0.0  # noqa: S311 -- a schedule, not a secret
    while (at := at + drawn.expovariate(rate)) < seconds:
        yield at


async def offer(asks: Sequence[Ask], rate: float, seconds: float, seed: int = 6, local: str = "127.0.0.1") -> Became:
    """Ask so many a second for so long, in turn, from an address; wait for what is still under way then."""
    became, under_way = Became(), set[asyncio.Task[None]]()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, local_addr=(local, 0)), timeout=aiohttp.ClientTimeout(PATIENCE)
    ) as session:
        begun = time.perf_counter()
        for place, at in enumerate(arrivals(rate, seconds, seed)):
            due = begun + at
            if (left := due - time.perf_counter()) > 0:
                await asyncio.sleep(left)
            became.late.append(time.perf_counter() - due)
            task = asyncio.create_task(_one(session, asks[place % len(asks)], due, became))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        became.seconds = time.perf_counter() - begun
    return became


async def _one(session: aiohttp.ClientSession, ask: Ask, due: float, became: Became) -> None:
    try:
        async with session.post(ask.url, data=ask.body, headers=ask.headers) as response:
            body = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        became.failed.append(type(error).__name__)
        return
    took = time.perf_counter() - due
    if response.status == 200 and body.count(ask.word) == ask.times:
        became.answered.append(took)
    elif response.status == 503 and response.headers.get("Retry-After", "").isdigit():
        became.refused.append(took)
    else:
        became.failed.append(str(response.status))


def at(times: Sequence[float], share: float, unit: float = 1_000, digits: int = 0) -> str:
    """Give the milliseconds, or another unit of which there are so many in a second, within which such a share was."""
    if len(times) < 2:
        return "-"
    cuts = statistics.quantiles(times, n=1_000, method="inclusive")
    return f"{cuts[min(998, round(share * 1_000) - 1)] * unit:,.{digits}f}"

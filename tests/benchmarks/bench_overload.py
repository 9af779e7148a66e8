"""One worker with nine agencies, asked by a fixed schedule up to what it can and far beyond; then calm again.

``python -m tests.benchmarks overload [seconds of each rate]``. Every latency is from the moment the question was due
(``open_loop.py``). Whoever is not answered must be told so early: 503 with Retry-After.
"""

import asyncio
import sys
import time
from collections import Counter
from http import HTTPStatus
from typing import Final

import aiohttp

from tests.benchmarks.gateway.worker import Worker, hub
from tests.benchmarks.open_loop import Became, at, offer

SECONDS: Final = 10.0
SHARES: Final = (0.5, 0.8, 1.0, 1.5, 2.0, 4.0, 8.0, 0.5)
"""Of what one worker answers with sixteen always under way; the last after the storm."""
CLOSED: Final = 3.0
"""Seconds for which that is measured."""
PROBES: Final = 10
"""Looks at its health a second, meanwhile."""
HEAD: Final = (
    "| offered/s | of its most | answered/s | p50 ms | p99 ms | refused/s | p50 ms | p99 ms | failed | health p99 ms "
    "| RSS MiB |\n"
    "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


async def most(served: Worker) -> float:
    """Give how many it answers a second with sixteen always under way."""
    until, answered = time.perf_counter() + CLOSED, 0

    async with aiohttp.ClientSession() as session:

        async def one() -> None:
            nonlocal answered
            while time.perf_counter() < until:
                async with session.post(served.who.url, data=served.who.body, headers=served.who.headers) as response:
                    assert response.status == HTTPStatus.OK
                    await response.read()
                answered += 1

        await asyncio.gather(*(one() for _ in range(16)))
    return answered / CLOSED


async def health(port: int, seconds: float) -> list[float]:
    """Look at its health by a schedule of its own; give the seconds each look took, infinity where it failed."""
    took: list[float] = []

    async def look(session: aiohttp.ClientSession, due: float) -> None:
        try:
            async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                took.append(time.perf_counter() - due if response.status == HTTPStatus.OK else float("inf"))
        except (aiohttp.ClientError, TimeoutError):
            took.append(float("inf"))

    begun = time.perf_counter()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as looks:
        for n in range(int(seconds * PROBES)):
            due = begun + n / PROBES
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            looks.create_task(look(session, due))
    return took


OTHER: Final = 5
"""Questions a second of somebody else, beside one asker's flood."""
FLOODS: Final = (0.0, 1.0, 4.0, 8.0)
BESIDE: Final = (
    "| flood/s | of its most | answered/s | p95 ms | refused/s | another asks | is answered | p50 ms | p95 ms "
    "| p99 ms |\n"
    "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


async def beside(served: Worker, can: float, seconds: float) -> None:
    """Have one asker ask far too much, and somebody else a little; print a line for each rate of the first."""
    print(f"\nAnother asks {OTHER} a second meanwhile.\n\n{BESIDE}", flush=True)
    for share in FLOODS:
        flooding = asyncio.create_task(offer([served.who], max(share * can, 0.01), seconds))
        other = await offer([served.another], OTHER, seconds, seed=7)
        flood = await flooding
        print(
            f"| {share * can:.0f} | {share:.1f} | {len(flood.answered) / seconds:.0f} | {at(flood.answered, 0.95)} "
            f"| {len(flood.refused) / seconds:.0f} | {other.asked} | {len(other.answered)} "
            f"| {at(other.answered, 0.5)} | {at(other.answered, 0.95)} | {at(other.answered, 0.99)} |",
            flush=True,
        )


def row(rate: float, share: float, became: Became, healthy: list[float], seconds: float, rss: float) -> str:
    """Write one rate's line."""
    answered, refused = became.answered, became.refused
    return (
        f"| {rate:.0f} | {share:.1f} | {len(answered) / seconds:.0f} | {at(answered, 0.5)} | {at(answered, 0.99)} "
        f"| {len(refused) / seconds:.0f} | {at(refused, 0.5)} | {at(refused, 0.99)} | {len(became.failed)} "
        f"| {at(healthy, 0.99)} | {rss:.0f} |"
    )


async def measure(served: Worker, seconds: float) -> None:
    """Ask at each rate in turn, and print a line for each."""
    ask = [served.who]
    await offer(ask, 20, 2)  # it compiles its plan, and opens its connections
    can = await most(served)
    print(f"With sixteen always under way: {can:.0f}/s.\n\n{HEAD}", flush=True)
    late: list[float] = []
    kinds: Counter[str] = Counter()
    for share in SHARES:
        looking = asyncio.create_task(health(served.port, seconds))
        became = await offer(ask, share * can, seconds)
        print(row(share * can, share, became, await looking, seconds, served.rss), flush=True)
        late += became.late
        kinds.update(became.failed)
    await beside(served, can, seconds)
    print(f"\nSent late, p99 of all: {at(late, 0.99)} ms, which is counted as waited.")
    if kinds:
        print(f"Failed (200 is an answer that was not whole): {dict(kinds)}")


def main(seconds: float = SECONDS) -> None:
    """Run it and print the table."""
    with hub() as served:
        asyncio.run(measure(served, seconds))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)

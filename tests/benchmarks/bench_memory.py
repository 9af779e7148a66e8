"""What one worker takes while it answers all sorts of questions, minute by minute: flat, and under 250 MiB.

``python -m tests.benchmarks memory [minutes]``: by a schedule that waits for nobody, who is involved and a chronology
of a thousand events, each also as a query never written before, so that what is kept of queries is filled and let go
of; questions that are refused; and once a minute a second of far more than can be answered.
"""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import orjson

from tests.benchmarks.gateway.worker import Worker, hub
from tests.benchmarks.open_loop import Ask, at, offer
from tests.protocol.attacks import ATTACKS

MINUTES: Final = 10
RATE: Final = 15.0
STORM: Final = 400.0
MOST: Final = 250.0
"""MiB."""


def sorts(worker: Worker, minute: int) -> Iterator[Ask]:
    """Give each sort; three hundred queries are of this minute only, more than are kept."""
    for n in range(300):
        yield _renamed(worker.who if n % 10 else worker.chronology, f"Q{minute}x{n}")
        if n % 4 == 0:
            yield worker.who
        if n % 8 == 0:
            yield worker.chronology
        if n % 8 == 1:
            yield replace(worker.who, body=list(ATTACKS.values())[n // 8 % len(ATTACKS)])


def _renamed(ask: Ask, name: str) -> Ask:
    """Give the same question as another query: its operation has a name nobody else has used."""
    asked = orjson.loads(ask.body)
    before, _, after = asked["query"].strip().partition("(")
    asked["query"] = f"{before.split()[0]} {name}({after}"
    return replace(ask, body=orjson.dumps(asked))


async def measure(worker: Worker, minutes: int) -> bool:
    """Ask for so long, print a line a minute, and say whether it stayed within what is allowed."""
    print("| minute | asked | whole answers | p99 ms | told to come again | RSS MiB |\n|---:|---:|---:|---:|---:|---:|")
    seen: list[float] = []
    for minute in range(1, minutes + 1):
        calm = await offer(list(sorts(worker, minute)), RATE, 55)
        storm = await offer([worker.who], STORM, 1)
        seen.append(worker.rss)
        asked, refused = calm.asked + storm.asked, len(calm.refused) + len(storm.refused)
        whole = len(calm.answered) + len(storm.answered)
        print(f"| {minute} | {asked} | {whole} | {at(calm.answered, 0.99)} | {refused} | {seen[-1]:.1f} |", flush=True)
    half = seen[len(seen) // 2 :]
    print(f"\nIn the second half it grew by {half[-1] - half[0]:+.1f} MiB; the most was {max(seen):.1f}.")
    return max(seen) < MOST


def main(minutes: int) -> bool:
    """Run it, print the table, and say whether it held."""
    with hub() as worker:
        return asyncio.run(measure(worker, minutes))


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))

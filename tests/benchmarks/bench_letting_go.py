"""How soon what nobody waits for is let go of: clients that hang up, and questions whose time is up; and the ledger.

``python -m tests.benchmarks letting_go [how many]`` has two hundred clients (or as many as are said) ask nine sources
that never answer, over a real socket. Half hang up once a source is being asked, half wait for the deadline.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connectors.contract import Ask
from hub.audit.reports import who_looked
from schema.outcomes import Outcome
from tests.benchmarks.open_loop import at
from tests.house import house
from tests.rooms.graphql.conftest import Door, door_of
from tests.rooms.graphql.test_leaving import asking, listening

MANY: Final = 200
DEADLINE: Final = 0.15
"""Seconds a question is given here."""
LEFT: Final = "The person asking left before the answer was shown."


@dataclass
class Hanging:
    """Sources that never answer: how many are being asked, and when the last of them was let go of."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    under_way: int = 0
    let_go: float = 0.0

    async def answer(self, _: Ask) -> None:
        """Hang until let go of."""
        self.asked += 1
        self.under_way += 1
        self.idle.clear()
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.let_go = time.perf_counter()
            self.under_way -= 1
            if not self.under_way:
                self.idle.set()


async def hang_up(door: Door, port: int, hanging: Hanging) -> float:
    """Ask, close the connection once a source is asked, and give the seconds until none is."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asking(door))
    await hanging.begun.wait()
    hung_up = time.perf_counter()
    writer.close()
    await hanging.idle.wait()
    return hanging.let_go - hung_up


async def wait_in_vain(door: Door, port: int, hanging: Hanging) -> float:
    """Ask, wait for the answer, and give the seconds by which the sources were let go of after the deadline."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = time.perf_counter()
    writer.write(asking(door))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    writer.close()
    await hanging.idle.wait()
    return hanging.let_go - asked - DEADLINE


async def measured(door: Door, many: int) -> tuple[list[float], list[float], Hanging]:
    """Have half hang up and half wait; give how long each took to be let go of."""
    hanging, sources = Hanging(), door.home.answerer.preparer.sources
    for connector in door.home.connectors.values():
        connector.misbehave = hanging.answer
    took: tuple[list[float], list[float]] = ([], [])
    async with listening(door) as port:
        for place, one in enumerate((hang_up, wait_in_vain)):
            door.home.executor._asking._deadline = (8.0, DEADLINE)[place]
            for _ in range(many // 2):
                hanging.begun.clear()
                took[place].append(await one(door, port, hanging))
                for source in sources:
                    source.breaker.succeeded()  # or it would be left alone
    return *took, hanging


async def told(door: Door) -> tuple[int, int]:
    """Count in the ledger who left, and of whom every source that was asked ran out of time."""
    subject = door.home.answerer.preparer.pseudonyms.subject(door.home.ids["maya"])
    looks = await who_looked(door.home.database, subject)
    late = [look for look in looks if any(one.outcome == Outcome.TIMED_OUT.means for one in look.told)]
    return sum(look.ended == LEFT for look in looks), len(late)


def row(what: str, took: Sequence[float], ledger: int) -> str:
    """Write a line."""
    within = sum(one <= 0.1 for one in took)
    most = max(took) * 1_000
    return f"| {what} | {len(took)} | {at(took, 0.5)} | {at(took, 0.99)} | {most:,.0f} | {within} | {ledger} |"


async def main(many: int) -> None:
    """Measure, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        async with house(Path(name)) as home, door_of(home, Path(name)) as door:
            left, late, hanging = await measured(door, many)
            gone, timed_out = await told(door)
    print("| what | times | p50 ms | p99 ms | at most ms | within 100 ms | in the ledger |\n|---|" + "---:|" * 6)
    print(row("a client hung up: every call let go of", left, gone))
    print(row("the deadline passed: every call let go of", late, timed_out))
    print(f"\n{hanging.asked} calls to sources, {hanging.under_way} still under way.")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))

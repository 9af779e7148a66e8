"""C8: a thousand clients that leave while their sources hang, and what is left of their questions."""

import asyncio
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

from connectors.contract import Ask
from hub.audit.reports import who_looked
from tests.faults.agency import Running
from tests.faults.asked import about, ask
from tests.faults.measured import Measured

LEAVING = 1_000
AT_ONCE = 50
ENDED = "The person asking left before the answer was shown."


async def measure(agencies: Running) -> Iterable[Measured]:
    """Measure questions that are cancelled at step 4, then whole clients that hang up at the door."""
    return [await _questions(agencies), *await _clients()]


async def _questions(agencies: Running) -> Measured:
    async with AsyncExitStack() as stack:
        hung = [await about(stack, agencies, "hang", f"hung-{n}") for n in range(8)]
        tasks = len(asyncio.all_tasks())
        for _ in range(LEAVING // AT_ONCE):
            asking = [asyncio.create_task(ask(hung)) for _ in range(AT_ONCE)]
            await asyncio.sleep(0.02)
            for each in asking:
                each.cancel()
            await asyncio.wait(asking)
            for source in hung:
                source.breaker.succeeded()
        left = await _left(tasks)
    return Measured(
        "C8", f"tasks left a second after {LEAVING} questions of eight sources were let go", str(left), "0", not left
    )


async def _left(tasks: int) -> int:
    """Give how many tasks more there are, within a second."""
    until = time.perf_counter() + 1
    while len(asyncio.all_tasks()) > tasks and time.perf_counter() < until:  # noqa: ASYNC110 -- no event of others' ends
        await asyncio.sleep(0.01)
    return len(asyncio.all_tasks()) - tasks


async def _clients() -> list[Measured]:
    from tests.house import house
    from tests.rooms.graphql.conftest import door_of
    from tests.rooms.graphql.test_leaving import hang_up_after, listening

    with tempfile.TemporaryDirectory(prefix="hub-leaving-") as folder:
        async with house(Path(folder)) as home, door_of(home, Path(folder)) as door:
            connectors, begun, calls = home.connectors.values(), asyncio.Event(), 0

            async def hang(_: Ask) -> None:
                nonlocal calls
                calls += 1
                begun.set()
                await asyncio.Event().wait()

            for connector in connectors:
                connector.misbehave = hang
            async with listening(door) as port:
                tasks = len(asyncio.all_tasks())
                for _ in range(LEAVING):
                    begun.clear()
                    await hang_up_after(door, port, begun)
                left = await _left(tasks)
            cancelled = sum(c.cancelled for c in connectors)
            subject = home.answerer.preparer.pseudonyms.subject(home.ids["maya"])
            ends = [look.ended for look in await who_looked(home.database, subject)]
    told = ends.count(ENDED)
    return [
        Measured("C8", f"tasks left a second after {LEAVING} clients hung up", str(left), "0", not left),
        Measured(
            "C8", "calls to sources under way then, and let go", f"{calls}, {cancelled}", "all", calls == cancelled
        ),
        Measured("C8", "of them in the ledger as abandoned", str(told), str(LEAVING), told == LEAVING),
    ]

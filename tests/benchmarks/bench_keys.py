"""Measure moving to new keys: how long ten thousand people take, and what killing it twenty times does.

``python -m tests.benchmarks keys``. Each kill is SIGKILL to a process that rotates, at a moment of its own; after each,
a process that never stopped and one that is new must read every row and find everybody.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import uvloop

from hub.keys import Keyring, create_keys, create_next, read_keys
from hub.people.index import PersonIndex
from hub.people.proving_keys import prove
from hub.people.rehashing import rehash
from hub.people.rewrapping import by_version, rewrap
from hub.store.database import Database
from schema.services import Service
from tests.benchmarks.bench_people import opened
from tests.benchmarks.people.asking import exact
from tests.benchmarks.people.crowd import feed

PEOPLE = 10_000
KILLS = 20
ASKED = 50
SERVICE = Service("HEALTH")


async def rotate(which: str, database: Database, keyring: Keyring) -> None:
    """Move to the newest version of a key."""
    if which == "kek":
        await rewrap(database, keyring, lambda *_: None)
    else:
        await rehash(database, keyring, lambda *_: None, grace=0)


async def child(which: str, url: str, folder: Path) -> None:
    """Rotate, as the command does, until it is done or this process is killed."""
    database = Database(url)
    await rotate(which, database, read_keys(folder))
    await database.close()


async def answers(index: PersonIndex) -> list[object]:
    """Find some people, and read where they are known."""
    found = [await index.search(exact(n * (PEOPLE // ASKED)), lambda _: True) for n in range(ASKED)]
    return [found, await index.people(c.person_id for f in found for c in getattr(f, "candidates", ()))]


async def killed(which: str, database: Database, folder: Path, took: float) -> tuple[int, int]:
    """Kill rotations until there were twenty; give how many were under way, and how many answers were other."""
    never_stopped = PersonIndex(database, read_keys(folder), lambda: datetime.now(UTC))
    before, chance = await answers(never_stopped), Random(which)  # noqa: S311 -- when to kill, the same every time
    under_way = other = 0
    for number in range(KILLS):
        if number % 5 == 0:
            create_next(folder, which)
        again = (sys.executable, "-m", "tests.benchmarks.bench_keys", "child", which, database.url, str(folder))
        process = await asyncio.create_subprocess_exec(*again, env={**os.environ})
        try:
            await asyncio.wait_for(process.wait(), 1.0 + chance.random() * took)
        except TimeoutError:
            process.send_signal(signal.SIGKILL)
            await process.wait()
            under_way += 1
        new = PersonIndex(database, read_keys(folder), lambda: datetime.now(UTC))
        other += sum([await answers(index) != before for index in (never_stopped, new)])
    await rotate(which, database, read_keys(folder))
    new = PersonIndex(database, read_keys(folder), lambda: datetime.now(UTC))
    other += await answers(new) != before
    return under_way, other


async def measure(kind: str) -> None:
    """Measure one database, and print its rows."""
    with tempfile.TemporaryDirectory(prefix="bench-keys-") as name:
        keys = Path(name) / "keys"
        create_keys(keys)
        async with opened(kind, Path(name)) as database:
            await prove(database, read_keys(keys))
            index = PersonIndex(database, read_keys(keys), lambda: datetime.now(UTC))
            await index.refresh("health", SERVICE, feed(PEOPLE))
            for which in ("kek", "index"):
                create_next(keys, which)
                start, began = time.perf_counter(), time.process_time()
                await rotate(which, database, read_keys(keys))
                taken, worked = time.perf_counter() - start, time.process_time() - began
                under_way, other = await killed(which, database, keys, taken)
                rows = sum((await by_version(database)).values())
                print(
                    f"| {kind} | {which} | {rows:,} | {taken:.1f} | {worked:.1f} | {KILLS} | {under_way} | {other} |",
                    flush=True,
                )


async def main() -> None:
    """Measure both databases and print the table."""
    print(
        "| database | key | sealed rows | s | s of processor | killed | of them under way | answers that were other |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in ("SQLite", "PostgreSQL"):
        await measure(kind)


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        uvloop.run(child(sys.argv[2], sys.argv[3], Path(sys.argv[4])))
    else:
        uvloop.run(main())

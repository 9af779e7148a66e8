"""Killing a publishing process at any moment, and looking at what is left: ``python -m tests.rooms.versions.killing``.

Prints how many kills there were, what was acknowledged, lost and torn, for the real build and the planted one.
"""

import asyncio
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.stages import Stage
from hub.governance.versions.steps import stage_of
from hub.governance.versions.store import Versions
from hub.keys import create_keys
from hub.store.database import Database
from tests.rooms.versions.publishing import publish_for_ever

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.rooms.versions.publishing"])
LONGEST = 0.15
"""Seconds after it is ready within which a process is killed: a few steps' time."""

READY = "ready"


@dataclass
class Found:
    """What was left after the kills."""

    kills: int = 0
    acknowledged: set[str] = field(default_factory=set)
    lost: int = 0
    torn: int = 0
    why: list[str] = field(default_factory=list)


async def kill_many(url: str, keys: Path, kills: int, *, torn: bool = False, seed: int = 7) -> Found:
    """Start, kill and look, so many times on one database."""
    chance = random.Random(seed)  # noqa: S311 -- chooses when to kill
    create_keys(keys)
    found = Found()
    database = Database(url)
    await database.upgrade()
    for kill in range(kills):
        first = kill % 2 == 0  # every other time a step is acknowledged before anything is killed
        told, ended = _killed(url, keys, kill * 1_000, chance.uniform(0, LONGEST), torn=torn, first=first)
        found.acknowledged |= told
        found.kills += 1
        wrong = await what_is_wrong(database, found.acknowledged)
        if ended != -signal.SIGKILL and not torn:
            wrong.append("publishing broke off by itself")
        found.torn += bool(wrong)
        found.why += wrong
        if wrong:  # nothing mends a torn store: begin again elsewhere
            break
    steps = await Versions(database).steps()
    found.lost = len(found.acknowledged - {s.ledger_record for s in steps})
    await database.close()
    return found


async def what_is_wrong(database: Database, acknowledged: set[str]) -> list[str]:
    """Say what is not whole: the active version, those acknowledged, and each one that has begun its life."""
    versions, wrong = Versions(database), []
    active = await versions.active()
    steps = await versions.steps()
    async with database.read() as connection:
        actives = (await connection.exec_driver_sql("SELECT version FROM policy_version WHERE active")).all()
        begun = {row[0] for row in await connection.exec_driver_sql("SELECT version FROM rulebook")}
    if len(actives) != 1 or active is None:
        return [f"{len(actives)} versions are active"]
    lives = {v: [s for s in steps if s.version == v] for v in begun}
    if stage_of(lives.get(active, [])) is not Stage.ACTIVE:
        wrong.append("the active version's life does not say so")
    if [v for v, life in lives.items() if stage_of(life) is Stage.ACTIVE] != [active]:
        wrong.append("another version's life says that it counts")
    if not all(lives.values()):
        wrong.append("a version is stored whose life has not begun")
    if not acknowledged <= {s.ledger_record for s in steps}:
        wrong.append("an acknowledged step is not there")
    try:
        await compiled(await versions.read(active))
        for version in begun:
            await versions.read(version)
    except (VersionDamaged, VersionRefused) as error:
        wrong.append(f"{type(error).__name__} {error}")
    return wrong


def _killed(url: str, keys: Path, begin: int, after: float, *, torn: bool, first: bool) -> tuple[set[str], int | None]:
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=publish_for_ever, args=(url, keys, begin, theirs, torn))
    process.start()
    theirs.close()
    found: set[str] = set()
    with suppress(EOFError):  # a torn store may stop it before it says anything
        for _ in range(1 + first):
            found.add(ours.recv_bytes().decode())
    until = time.monotonic() + after
    with suppress(EOFError, OSError):
        while (left := until - time.monotonic()) > 0 and ours.poll(left):
            found.add(ours.recv_bytes().decode())
    process.kill()
    with suppress(EOFError, OSError):  # the last one may have been cut short
        while True:
            found.add(ours.recv_bytes().decode())
    process.join()
    ours.close()
    return found - {READY}, process.exitcode


def main(arguments: Sequence[str]) -> int:
    """Kill as often as told (200) and print what was found; 1 where the real build lost or tore anything."""
    kills = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as folder:
        whole = asyncio.run(kill_many(f"sqlite:///{folder}/hub.db", Path(folder) / "keys", kills))
        tries = []
        for n in range(20):
            place = Path(folder) / f"torn-{n}"
            place.mkdir()
            tries.append(asyncio.run(kill_many(f"sqlite:///{place}/hub.db", place / "keys", 5, torn=True, seed=n)))
    print("| build | kills | acknowledged | lost | torn |\n| --- | --- | --- | --- | --- |")  # noqa: T201 -- the table
    print(f"| ours | {whole.kills} | {len(whole.acknowledged)} | {whole.lost} | {whole.torn} |")  # noqa: T201 -- the same
    kills, told = sum(t.kills for t in tries), sum(len(t.acknowledged) for t in tries)
    print(f"| planted: split writes | {kills} | {told} | {sum(t.lost for t in tries)} | {sum(t.torn for t in tries)} |")  # noqa: T201 -- the same
    return int(bool(whole.lost or whole.torn))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Killing a process that withdraws consents, and looking at what is left: ``python -m tests.rooms.governance.killing``.

Prints how many kills there were, what was acknowledged and lost, for the real build and the planted one.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import insert, select

from hub.audit.verify import verify_database
from hub.governance.acting import Acting
from hub.governance.epoch import EPOCH
from hub.governance.register import Register
from hub.governance.rows import consent_values
from hub.governance.standing_read import CONSENT as TABLE
from hub.keys import create_keys, read_keys
from hub.store.database import Database
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.governance.desk import CONSENT, TODAY, acting_on, events
from tests.rooms.governance.withdrawing import GIVERS, child, withdraw_for_ever
from tests.until_killed import PROCESSES, words_until_killed

PROCESSES.set_forkserver_preload(["tests.rooms.governance.withdrawing"])
LONGEST = 0.06
"""Seconds after its first word within which a process is killed: a few withdrawals' time."""


@dataclass
class Found:
    """What was left after the kills; ``acknowledged`` gives the row of each child whose withdrawal was."""

    kills: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


async def kill_many(url: str, keys: Path, kills: int, *, too_soon: bool = False, seed: int = 7) -> Found:
    """Start and kill, so many times on one database, and then look at every withdrawal."""
    create_keys(keys)
    await _consents(url)
    chance = random.Random(seed)  # noqa: S311 -- chooses when to kill
    found = Found()
    for _ in range(kills):
        first = max(found.acknowledged, default=-1) + 1
        after = chance.uniform(0, 0 if too_soon else LONGEST)
        said = words_until_killed(withdraw_for_ever, url, keys, first, too_soon, after=after)
        found.acknowledged |= {int(n): row for n, row in map(str.split, said)}
        found.kills += 1
    async with acting_on(url, keys, "after") as acting:
        stored = await _stored(acting)
        found.lost = lost(found.acknowledged, stored)
        if not too_soon:
            found.wrong = [why async for why in _what_is_wrong(acting, found, stored, keys)]
    return found


def lost(acknowledged: Collection[int], stored: Mapping[str, str]) -> int:
    """Count the children whose withdrawal was acknowledged and is not among the rows, by child, that are there."""
    return len({child(n) for n in acknowledged} - set(stored.values()))


async def _consents(url: str) -> None:
    database = Database(url)
    await database.upgrade()
    given = [consent_values(replace(CONSENT, person_id=child(n)), f"given-{n}") for n in range(GIVERS)]
    async with database.begin() as connection:
        await connection.execute(insert(TABLE), given)
    await database.close()


async def _what_is_wrong(acting: Acting, found: Found, stored: dict[str, str], keys: Path) -> AsyncIterator[str]:
    """Say what is not whole: rows, the epoch, the ledger, and what is still agreed to of any child withdrawn."""
    async with acting.database.read() as connection:
        epoch = (await connection.execute(select(EPOCH.c.value))).scalar_one()
    if not {row: child(n) for n, row in found.acknowledged.items()}.items() <= stored.items():
        yield "an acknowledged withdrawal is not the row it was said to be"
    if epoch != len(stored) + found.kills + 1:  # each opening asks whether a version is active, which moves it once
        yield "the epoch did not move with each withdrawal"
    told = {about for name, about in await events(acting) if name == "consent-withdrawn"}
    if not stored.keys() <= told:
        yield "a withdrawal is not in the ledger"
    if len(told - stored.keys()) > found.kills:  # at most the one under way at each kill
        yield "the ledger tells of withdrawals that are not there"
    if not await _nothing_agreed(acting, list(found.acknowledged)):
        yield "something is still agreed to"
    if not (await verify_database(acting.database, read_keys(keys).ledger.public_key())).ok:
        yield "the ledger does not verify"


async def _stored(acting: Acting) -> dict[str, str]:
    query = select(TABLE.c.id, TABLE.c.person_id).where(TABLE.c.state == ConsentState.WITHDRAWN)
    async with acting.database.read() as connection:
        return {row.id: row.person_id for row in await connection.execute(query)}


async def _nothing_agreed(acting: Acting, numbers: list[int]) -> bool:
    """Say whether of some children withdrawn nothing of any service, kind or recipient is still agreed to."""
    register = Register(acting.database)
    left = set()
    for n in numbers[:: max(1, len(numbers) // 25)]:
        ids = frozenset({child(n)})
        standing = await register.standing([child(n)])
        for service in Service:
            by_kind = standing.consent_by_kind(ids, service, Purpose.EARLY_HELP, "county-council", TODAY)
            left |= {by_kind[kind] for kind in Kind}
    return left == {ConsentState.WITHDRAWN}


def main(arguments: Sequence[str]) -> int:
    """Kill as often as told (200) and print what was found; 1 where the real build lost anything."""
    kills = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(kill_many(f"sqlite:///{folder}/hub.db", Path(folder) / "keys", kills))
        planted = asyncio.run(kill_many(f"sqlite:///{folder}/too.db", Path(folder) / "keys", 20, too_soon=True))
    print("| build | kills | acknowledged | lost | wrong |\n| --- | --- | --- | --- | --- |")  # noqa: T201 -- the table
    print(f"| ours | {ours.kills} | {len(ours.acknowledged)} | {ours.lost} | {len(ours.wrong)} |")  # noqa: T201 -- the same
    print(f"| planted: acknowledged too soon | {planted.kills} | {len(planted.acknowledged)} | {planted.lost} | |")  # noqa: T201 -- the same
    return int(bool(ours.lost or ours.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

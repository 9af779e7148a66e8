"""Killing a process that says who is who: ``python -m tests.rooms.governance.killing_links``.

Prints how many kills there were, what was acknowledged and lost, for the real build and the planted one.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from connectors.contract import LocalId
from hub.audit.verify import verify_database
from hub.governance.acting import Acting
from hub.keys import create_keys, read_keys
from hub.people.linking import Status
from hub.store.tables.people import AGENCY_LINK, PERSON
from tests.rooms.governance.deciding_links import decide_for_ever, fill, index_on
from tests.rooms.governance.desk import acting_on, events
from tests.until_killed import PROCESSES, words_until_killed

PROCESSES.set_forkserver_preload(["tests.rooms.governance.withdrawing", "tests.rooms.governance.deciding_links"])
LONGEST = 0.15
"""Seconds after its first word within which a process is killed: a few decisions' time."""

EACH = 40
"""Pairs there are for each kill: more than can be decided on until it comes."""


@dataclass
class Found:
    """What was left after the kills; ``acknowledged`` gives the last word on each pair."""

    kills: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def kill_many(url: str, keys: Path, kills: int, *, too_soon: bool = False, seed: int = 7) -> Found:
    """Start and kill, so many times on one database, and then look at every pair."""
    create_keys(keys)
    pairs = EACH * kills
    await fill(url, keys, pairs)
    chance = random.Random(seed)  # noqa: S311 -- chooses when to kill
    found = Found()
    for _ in range(kills):
        first = max(found.acknowledged, default=-1) + 1
        after = chance.uniform(0, 0 if too_soon else LONGEST)
        said = words_until_killed(decide_for_ever, url, keys, range(first, pairs), too_soon, after=after)
        found.acknowledged |= {int(n): now for n, now in map(str.split, said)}
        found.kills += 1
    async with acting_on(url, keys, "after") as acting:
        joined = await _joined(acting, keys, pairs)
        found.lost = [n for n, now in found.acknowledged.items() if not _stands(n, now, one_person=joined[n])]
        if not too_soon:
            found.wrong = [why async for why in _what_is_wrong(acting, found, joined, keys)]
    return found


def _stands(n: int, now: str, *, one_person: bool) -> bool:
    """Say whether the last word on a pair is true; one that was to be split again may be, before it was told."""
    return one_person is (now == "one") or (now == "one" and n % 2 == 1)


async def _joined(acting: Acting, keys: Path, pairs: int) -> Mapping[int, bool]:
    """Say of each pair whether its two entries are one person's."""
    index = index_on(acting.database, keys)
    ids = [LocalId(str(n)) for n in range(pairs)]
    health, housing = [await index.by_local(source, ids) for source in ("health", "housing")]
    return {n: health[one] == housing[one] for n, one in enumerate(ids)}


async def _what_is_wrong(acting: Acting, found: Found, joined: Mapping[int, bool], keys: Path) -> AsyncIterator[str]:
    """Say what is not whole: links, persons, the ledger."""
    live = select(func.count()).select_from(AGENCY_LINK).where(AGENCY_LINK.c.ended_at.is_(None))
    async with acting.database.read() as connection:
        if (await connection.execute(live)).scalar_one() != 2 * len(joined):
            yield "an entry is nobody's, or two people's"
        statuses = Counter((await connection.execute(select(PERSON.c.status))).scalars())
    if statuses[Status.SUPERSEDED] != sum(joined.values()):
        yield "a person leads to another who is not them, or is there though nothing is theirs"
    told = Counter(name for name, _ in await events(acting))
    splits = sum(now == "two" for now in found.acknowledged.values())
    for name, done in (("same-person-confirmed", sum(joined.values()) + splits), ("person-split", splits)):
        if told[name] < done:
            yield f"{name} is not in the ledger"
        if told[name] > done + 2 * found.kills:  # what was under way at each kill, and a split that was not told
            yield f"the ledger tells of {name} more often than it was done"
    if not (await verify_database(acting.database, read_keys(keys).ledger.public_key())).ok:
        yield "the ledger does not verify"


def main(arguments: Sequence[str]) -> int:
    """Kill as often as told (200) and print what was found; 1 where the real build lost anything."""
    kills = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(kill_many(f"sqlite:///{folder}/hub.db", Path(folder) / "keys", kills))
        planted = asyncio.run(kill_many(f"sqlite:///{folder}/too.db", Path(folder) / "keys", 20, too_soon=True))
    rows = [("ours", ours), ("planted: acknowledged too soon", planted)]
    sys.stdout.write("| build | kills | pairs | lost | wrong |\n| --- | --- | --- | --- | --- |\n")
    for name, one in rows:
        sys.stdout.write(f"| {name} | {one.kills} | {len(one.acknowledged)} | {len(one.lost)} | {len(one.wrong)} |\n")
    return int(bool(ours.lost or ours.wrong or not planted.lost))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

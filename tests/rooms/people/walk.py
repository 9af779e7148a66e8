"""A random walk over the index beside a plain model of it (L9): ``python -m tests.rooms.people.walk 10000 [SEED]``.

Feeds, ends, whole readings, links, noes, noes taken back, splits, births, refusals and keys that are moved, in any
order. After each step the model says who may have moved; whoever else did was merged or parted silently.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Self

from sqlalchemy import insert, select, text

from connectors.contract import Identity, LocalId
from hub.keys import create_keys, create_next, read_keys
from hub.people import births, known, who_is_who
from hub.people.decisions import CannotDecide
from hub.people.index import PersonIndex
from hub.people.linking import Status
from hub.people.parting import CONSENT
from hub.people.proving_keys import prove
from hub.people.rehashing import rehash
from hub.people.rewrapping import rewrap
from hub.store.database import Database
from tests.rooms.people.conftest import NOW
from tests.rooms.people.making import BORN, HEALTH, NHS, OTHER_NHS, made
from tests.rooms.store.databases import upgraded_file

Spot = tuple[str, str]
"""A source and its own id for somebody."""

Pair = frozenset[Spot]
SOURCES = ("health", "school", "social-care")
LOCALS = 8
GIVEN = ("Amelia", "Ayesha", "Bryn", "Zofia")
CODES = ("BK1 1AA", "BK3 4AB")
NUMBERS: tuple[tuple[str, ...], ...] = ((), (), (NHS,), (OTHER_NHS,))
SPOTS = [(source, str(n)) for source in SOURCES for n in range(LOCALS)]
EVERY = 250
"""Steps between two looks at everything."""
FEW = 5
"""People whom the index is asked for together, to see whether it has them right."""


class Wrong(AssertionError):
    """The index and the model differ."""


def insist(holds: object, what: str) -> None:
    """Stop the walk where something does not hold."""
    if not holds:
        raise Wrong(what)


@dataclass
class Walk:
    """One walk: the index, what the model expects of it, and what was done."""

    folder: Path
    seed: int
    database: Database = field(init=False)
    index: PersonIndex = field(init=False)
    random: Random = field(init=False)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    at: dict[Spot, str] = field(default_factory=dict)
    """Who each entry is, as last looked."""
    says: dict[Spot, Identity] = field(default_factory=dict)
    parted: set[Pair] = field(default_factory=set)
    guarded: dict[Spot, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    """The givers whose refusal must be found of whoever an entry is."""
    unborn: set[Spot] = field(default_factory=set)
    second: int = 0
    seen: list[str] = field(default_factory=list)
    """Everybody an entry ever was, as they came."""

    async def __aenter__(self) -> Self:
        """Begin with an empty index."""
        self.random = Random(self.seed)  # noqa: S311 -- a walk that can be walked again
        self.database = Database(await upgraded_file(self.folder / "hub.db"))
        create_keys(self.folder / "keys")
        await prove(self.database, read_keys(self.folder / "keys"))
        self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.database.close()

    def _open(self) -> None:
        self.index = PersonIndex(self.database, read_keys(self.folder / "keys"), self._clock)

    def _clock(self) -> datetime:
        """Give a moment that never stands still."""
        self.second += 1
        return NOW + timedelta(milliseconds=self.second)

    async def walk(self, steps: int) -> None:
        """Walk so many steps, and look at everything now and then."""
        ways: list[tuple[int, Callable[[], Awaitable[set[Spot] | None]]]] = [
            (40, self.feed),
            (10, self.confirm),
            (8, self.split),
            (6, self.reject),
            (6, self.withdraw),
            (5, self.there_and_back),
            (6, self.refuse),
            (4, self.birth),
            (2, self.reconcile),
        ]
        for step in range(1, steps + 1):
            way = self.random.choices([w for _, w in ways], [n for n, _ in ways])[0]
            if step % max(steps // 5, 1) == 0:
                way = self.rotate
            try:
                may_move = await way()
            except CannotDecide as refusal:
                self.refused[f"{way.__name__}: {refusal.code}"] += 1
                may_move = set()
            self.done[way.__name__] += 1
            await self._look(may_move or set(), step)
            if step % EVERY == 0 or step == steps:
                await self._look_at_everything()

    async def _look(self, may_move: set[Spot], step: int) -> None:
        """Insist that nobody else moved, nobody parted is together, and everybody is as protected as before."""
        now: dict[Spot, str] = {}
        for source in SOURCES:
            found = await self.index.by_local(source, [LocalId(str(n)) for n in range(LOCALS)])
            now |= {(source, str(local)): person for local, person in found.items()}
        moved = {spot for spot in now.keys() | self.at.keys() if now.get(spot) != self.at.get(spot)}
        insist(moved <= may_move, f"step {step}: entries moved that nothing was said of")
        before, self.at = self.at, now
        insist(not self.parted & together(now), f"step {step}: two who were said to be different are one")
        changed = {person for spot in moved for person in (now.get(spot), before.get(spot)) if person}
        await self._protected(changed)
        await self._as_kept(step)

    async def _as_kept(self, step: int) -> None:
        """Insist that whoever the index keeps in memory is who the database tells of, by turns of a few people."""
        self.seen += sorted(set(self.at.values()) - set(self.seen))
        turn = step % (len(self.seen) // FEW + 1) * FEW
        few = self.seen[turn : turn + FEW]
        told = await known.followed(self.database, self.index.deciding().sealer, few)
        insist(await self.index.followed(few) == told, f"step {step}: somebody is kept who is not like that any more")

    async def _protected(self, people: set[str]) -> None:
        """Insist that what protected an entry still does, and learn what protects it since."""
        people_now = await self.index.people(people)
        for person_id, person in people_now.items():
            here = [spot for spot, person_at in self.at.items() if person_at == person_id]
            if here:
                found = await self._refusals(person.aliases)
                insist(all(self.guarded[spot] <= found for spot in here), "somebody is no longer protected")
                for spot in here:
                    self.guarded[spot] |= found

    async def _refusals(self, ids: frozenset[str]) -> frozenset[str]:
        async with self.database.read() as connection:
            return frozenset(await connection.scalars(select(CONSENT.c.giver).where(CONSENT.c.person_id.in_(ids))))

    async def _look_at_everything(self) -> None:
        await self._protected(set(self.at.values()))
        async with self.database.read() as connection:
            live = text(
                "SELECT count(*) AS n FROM agency_link WHERE ended_at IS NULL GROUP BY entry_id HAVING count(*) > 1"
            )
            insist((await connection.execute(live)).first() is None, "an entry has two live links")
        people = await self.index.people(set(self.at.values()))
        for spot, person in self.at.items():
            insist(people[person].status is not Status.SUPERSEDED, "an entry is somebody who is somebody else")
            if spot in self.unborn:
                insist(people[person].status is Status.UNBORN, "an unborn child was born without anybody's word")
                insist(len(people[person].links) == 1, "an unborn child was joined to somebody")

    def _any(self) -> Spot | None:
        return self.random.choice(sorted(self.at)) if self.at else None

    def _of(self, person: str) -> set[Spot]:
        return {spot for spot, at in self.at.items() if at == person}

    def _two(self) -> tuple[str, str] | None:
        people = sorted(set(self.at.values()))
        one, two = (self.random.sample(people, 2)) if len(people) > 1 else ("", "")
        return (one, two) if one else None

    async def _read(self, source: str, *said: Identity) -> None:
        async def feed() -> AsyncIterator[Identity]:
            for identity in said:
                yield identity

        await self.index.refresh(source, HEALTH, feed())

    async def feed(self) -> set[Spot]:
        """Let a source say something of one entry: new, changed, the same, gone, or of a child not born yet."""
        spot = self.random.choice(SPOTS)
        if spot in self.at and self.random.random() < 0.25:
            await self._read(spot[0], made(spot[1], ended=True))
            return {spot}
        if spot in self.says and spot not in self.at and self.random.random() < 0.5:
            await self._read(spot[0], self.says[spot])
            return {spot}
        born = spot[1] != "0" or (spot in self.unborn and self.random.random() < 0.3)
        mother = {"mother": "m"} if spot[1] == "0" else {}
        dates = {"born": BORN} if born else {"born": None, "expected": BORN}
        said = made(
            spot[1],
            self.random.choice(GIVEN),
            nhs=self.random.choice(NUMBERS),
            postcodes=(self.random.choice(CODES),),
            **mother,  # type: ignore[arg-type] # words by name
            **dates,  # type: ignore[arg-type] # the same
        )
        if not born and spot not in self.says:
            self.unborn.add(spot)
        self.says[spot] = said
        await self._read(spot[0], said)
        return {spot}

    async def reconcile(self) -> set[Spot]:
        """Let a whole feed name most of a source's entries: the others end."""
        source = self.random.choice(SOURCES)
        mine = [spot for spot in SPOTS if spot[0] == source]
        named = [self.says[s] for s in mine if s in self.says and (s not in self.at or self.random.random() < 0.9)]

        async def feed() -> AsyncIterator[Identity]:
            for identity in named:
                yield identity

        await self.index.reconcile(source, HEALTH, feed(), believed=True)
        return set(mine)

    async def confirm(self) -> set[Spot]:
        """Say that two are one."""
        two = self._two()
        if two is None:
            return set()
        moving = self._of(two[1])
        async with self.database.begin() as connection:
            await who_is_who.confirm(self.index.deciding(), connection, *two, "worker", "said so")
        followed = await self.index.followed([two[1]])
        insist(followed[two[1]].id == two[0], "an id that was joined leads nowhere")
        return moving

    async def split(self) -> set[Spot]:
        """Say that what a source holds is another's."""
        spot = self._any()
        if spot is None:
            return set()
        person = self.at[spot]
        leaving = {other for other in self._of(person) if other[0] == spot[0]}
        async with self.database.begin() as connection:
            await who_is_who.split(self.index.deciding(), connection, person, spot[0], "worker", "said so")
        staying = self._of(person) - leaving
        self.parted |= {frozenset({one, other}) for one in leaving for other in staying}
        return leaving

    async def there_and_back(self) -> set[Spot]:
        """Join two of different sources and split them again: both are who they were."""
        two = self._two()
        if two is None:
            return set()
        one, other = self._of(two[0]), self._of(two[1])
        if len({spot[0] for spot in other}) != 1 or {spot[0] for spot in one} & {spot[0] for spot in other}:
            return set()
        async with self.database.begin() as connection:
            await who_is_who.confirm(self.index.deciding(), connection, *two, "worker", "said so")
        (source,) = {spot[0] for spot in other}
        async with self.database.begin() as connection:
            now = await who_is_who.split(self.index.deciding(), connection, two[0], source, "worker", "not so")
        insist(now == two[1], "whoever was joined and split is somebody else")
        self.parted |= {frozenset({a, b}) for a in one for b in other}
        await self._protected(set(two))
        return set()

    async def reject(self) -> set[Spot]:
        """Say that two are not one."""
        if two := self._two():
            async with self.database.begin() as connection:
                await who_is_who.reject(self.index.deciding(), connection, *two, "worker", "said so")
            self.parted |= {frozenset({a, b}) for a in self._of(two[0]) for b in self._of(two[1])}
        return set()

    async def withdraw(self) -> set[Spot]:
        """Take back that two are not one: nobody moves by it."""
        if two := self._two():
            async with self.database.begin() as connection:
                await who_is_who.withdraw(self.index.deciding(), connection, *two, "worker")
            self.parted -= {frozenset({a, b}) for a in self._of(two[0]) for b in self._of(two[1])}
        return set()

    async def refuse(self) -> set[Spot]:
        """Record that somebody said no of a person: whatever is linked to them now is protected from now on."""
        spot = self._any()
        if spot is not None:
            person = (await self.index.followed([self.at[spot]]))[self.at[spot]]
            giver = self.random.choice(("mother", "father", "carer"))
            words = dict.fromkeys(("services", "kinds", "recipients", "evidence", "reason", "purposes"), "")
            row = words | {"id": f"{self.second}", "person_id": person.id, "giver": giver, "state": "REFUSED"}
            row |= {"relationship": "MOTHER", "capacity": "NOT_STATED", "method": "spoken", "recorded_by": "w"}
            async with self.database.begin() as connection:
                await connection.execute(insert(CONSENT).values(row | {"recorded_at": NOW}))
            for other in self._of(self.at[spot]):
                self.guarded[other] |= {giver}
        return set()

    async def birth(self) -> set[Spot]:
        """Confirm a birth, or take it back."""
        waiting = sorted(spot for spot in self.at if spot[1] == "0")
        if not waiting:
            return set()
        spot = self.random.choice(waiting)
        born = spot in self.unborn
        decide = births.confirm_birth if born else births.withdraw_birth
        async with self.database.begin() as connection:
            await decide(self.index.deciding(), connection, self.at[spot], "worker", "said so")
        (self.unborn.discard if born else self.unborn.add)(spot)
        return set()

    async def rotate(self) -> set[Spot]:
        """Move both keys to the next."""
        for name in ("index", "kek"):
            create_next(self.folder / "keys", name)
        keyring = read_keys(self.folder / "keys")
        await rehash(self.database, keyring, lambda *_: None, 0.0)
        await rewrap(self.database, keyring, lambda *_: None)
        self._open()
        return set()


def together(now: dict[Spot, str]) -> set[Pair]:
    """Give the pairs of entries that are one person's."""
    persons: dict[str, list[Spot]] = defaultdict(list)
    for spot, person in now.items():
        persons[person].append(spot)
    return {frozenset(pair) for spots in persons.values() for pair in combinations(spots, 2)}


async def walked(steps: int, seed: int) -> Walk:
    """Walk, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with Walk(Path(folder), seed) as walk:
            await walk.walk(steps)
    return walk


def table(walk: Walk, steps: int, seconds: float) -> str:
    """Print what was done and what was refused."""
    lines = ["| what was done | times | refused |", "| --- | ---: | --- |"]
    for name, count in sorted(walk.done.items()):
        said = sorted((k.partition(": ")[2], n) for k, n in walk.refused.items() if k.startswith(f"{name}: "))
        lines.append(f"| {name.replace('_', ' ')} | {count:,} | {', '.join(f'{code} {n:,}' for code, n in said)} |")
    found = f"{len(walk.parted):,} pairs apart for ever, {sum(map(bool, walk.guarded.values()))} entries protected"
    return "\n".join([*lines, "", f"{steps:,} steps, seed {walk.seed}, {seconds:.0f} s; {found}; nothing wrong."])


if __name__ == "__main__":
    steps, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    print(table(asyncio.run(walked(steps, seed)), steps, time.monotonic() - began))  # noqa: T201 -- a command

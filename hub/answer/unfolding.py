"""A question on its way: what has arrived is released when asked for, each time by what governs at that moment.

Like the whole path: decided and written down before a source is asked; and before anything leaves, consent,
agreements, rules and protections are read anew, and what leaves is in the ledger. Only it may leave in several parts.

**What a part's time may tell.** A source whose records are shown was asked, and says so; a service that is openly held
back was not. Their parts may leave when they come. Everything else reads alike whether the source was asked or not
(none held, not covered) or might tell by its time which it was (unavailable): all of it leaves at the end, with
whatever came last, as in a whole answer.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hub.answer.asked import Prepared
from hub.answer.beside import tell_beside
from hub.answer.copied import copied
from hub.answer.deciding import Decided, nothing_permitted
from hub.answer.gather import Found
from hub.answer.kin import naming
from hub.answer.ledger_entries import outcome_of
from hub.answer.now import Now, now_of, pairs_of
from hub.answer.one_person import person_of
from hub.answer.question import Question
from hub.answer.released import Pair, SourceResult
from hub.audit.entries import Ended
from hub.governance.register import Standing
from hub.people.known import KnownPerson
from schema.outcomes import Outcome
from schema.person import Person
from schema.services import Service

if TYPE_CHECKING:
    from hub.answer.path import Answerer

Place = tuple[int, str]
"""A person of the question and a source."""

OPENLY = frozenset({Outcome.WITHHELD, Outcome.BROKERED})
"""How a service that was not asked is openly held back."""


def may_unfold(question: Question) -> bool:
    """Say whether a question may be answered part by part: not one that names relatives.

    Whom relationships name is decided on, and what is told of them joined, when every source has answered.
    """
    return naming(question) is None


@dataclass(frozen=True, slots=True)
class Shown:
    """One person at a moment: what may leave of each source by then.

    ``whole`` is that every source has answered or was given up; ``waiting`` the services of which something is still
    to leave.
    """

    question: Question
    person_id: str
    now: Now
    pairs: Mapping[str, Pair]
    results: Mapping[str, SourceResult]
    decision_id: str
    ids: frozenset[str] | None
    standing: Standing
    whole: bool

    @property
    def decided(self) -> Mapping[str, Decided]:
        """Give what is decided of each source."""
        return self.now.decided

    @property
    def nobody(self) -> bool:
        """Say whether the asker may see something of people and nothing of this one."""
        return not self.now.there and not nothing_permitted(self.decided.values())

    @property
    def waiting(self) -> frozenset[Service]:
        """Give the services of which a source is still to be told of."""
        left = self.decided.keys() - self.results.keys()
        return frozenset(self.decided[source].source.config.service for source in left)

    def person(self, sources: frozenset[str]) -> Person | None:
        """Put together what these sources gave; none where the asker may not know of the person."""
        if self.nobody:
            return None
        results = {source: result for source, result in self.results.items() if source in sources}
        decided = [self.decided[source] for source in results]
        question, today = self.question, self.question.asked_at.date()
        person = person_of(self.person_id, question.wanted, results, self.decision_id, decided, today)
        if self.ids is not None:
            tell_beside(person, question, self.ids, results.values(), self.standing)
        return person


Choose = Callable[[Sequence[Shown]], Sequence[frozenset[str]] | None]
"""Says of which sources something leaves, for each person; none where nothing leaves at all. Waits for nothing."""


class Unfolding:
    """One question on its way. To be entered: leaving it before the end lets go of every source still asked."""

    def __init__(self, answerer: "Answerer", prepared: Prepared) -> None:
        """Take a question whose intent is in the ledger, and ask every source."""
        self._answerer = answerer
        self._prepared = prepared
        self._found: dict[Place, Found] = dict(prepared.found)
        self._due = {(n, e.source.config.id) for n, one in enumerate(prepared.asked) for e in one.errands}
        self._news = asyncio.Event()
        self._left: list[set[str]] = [set() for _ in prepared.asked]
        self._told: set[tuple[str, str]] = set()
        self._parts = 0
        self._ended = False
        self._gathering = asyncio.create_task(answerer.preparer.gathered(prepared, self._came))
        self._gathering.add_done_callback(lambda _: self._news.set())

    def _came(self, found: Mapping[Place, Found]) -> None:
        self._found.update(found)
        self._news.set()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until every source has answered or was given up: where none is asked that is at once."""
        await asyncio.wait((self._gathering,), timeout=seconds)

    async def news(self) -> None:
        """Wait until another source has answered, or was given up; where it was the last, until that is settled."""
        if not self._gathering.done():
            await self._news.wait()
        if self._due <= self._found.keys():
            await asyncio.wait((self._gathering,))

    async def release(self, choose: Choose) -> bool:
        """Release what may leave now; say whether something does. Once every source has answered, it is the last.

        What came is what is there as it begins: that somebody looked for another source's sake tells of no third.
        """
        preparer, prepared = self._answerer.preparer, self._prepared
        whole = self._gathering.done()
        self._news.clear()
        found: Mapping[Place, Found] = self._gathering.result() if whole else _copies(self._found)
        known = await preparer.known(prepared.question.people)
        standing = await preparer.standing([*prepared.question.people, *(i for k in known.values() for i in k.aliases)])
        shown = self._shown(found, known, standing, whole=whole)
        leaving = choose(shown)
        if leaving is None:
            return False
        await self._write(shown, leaving, whole=whole)
        self._ended = whole
        return True

    def _shown(
        self, found: Mapping[Place, Found], known: Mapping[str, KnownPerson], standing: Standing, *, whole: bool
    ) -> list[Shown]:
        """Release what has come, by what governs now; give of each person what may leave of it."""
        answerer, prepared = self._answerer, replace(self._prepared, found=found)
        question, by = prepared.question, answerer.preparer.decisions(prepared.question, standing)
        nows = [now_of(answerer.preparer, prepared, a, known.get(a.person_id), by) for a in prepared.asked]
        pairs = [list(pairs_of(prepared, place, now, None)) for place, now in enumerate(nows)]
        released = iter(answerer.results(question, [pair for some in pairs for pair in some]))
        shown = []
        for place, (asked, now, some) in enumerate(zip(prepared.asked, nows, pairs, strict=True)):
            its = known.get(asked.person_id)
            called = {errand.source.config.id for errand in asked.errands}
            each = {source: next(released) for source in now.decided}
            results = {
                source: result
                for source, result in each.items()
                if whole or _says_so(result, called=source in called, came=(place, source) in found)
            }
            mine = dict(zip(now.decided, some, strict=True))
            ids = its.aliases | {asked.person_id} if its is not None and now.there else None
            entry = prepared.intents[place].record_id
            shown.append(Shown(question, asked.person_id, now, mine, results, entry, ids, standing, whole))
        return shown

    async def _write(self, shown: Sequence[Shown], leaving: Sequence[frozenset[str]], *, whole: bool) -> None:
        """Write an outcome of what leaves: at the end also of every source of which nothing was there to leave."""
        written, seen, now = [], set(), self._answerer.preparer.clock()
        for place, one in enumerate(shown):
            sources = leaving[place] | (one.results.keys() - self._left[place] if whole else frozenset())
            results = {} if one.nobody else {s: r for s, r in one.results.items() if s in sources}
            intent = self._prepared.intents[place]
            if results or whole or not self._parts:
                written.append(outcome_of(intent, results, one.now.ended if whole else Ended.PART, now))
            seen |= {
                (one.decided[s].source.config.agency, intent.record_id) for s, r in results.items() if r.owner_told
            }
            new = [(one.pairs[s], r) for s, r in results.items() if s not in self._left[place]]
            self._answerer.count(one.question, new)
            self._answerer.count_gaps(result for _, result in new)
            self._left[place] |= results.keys()
        await self._answerer.write_part(self._prepared, written, seen - self._told, first=not self._parts)
        self._told |= seen
        self._parts += 1

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of every source still asked, and write down how it ended where that is not written yet."""
        if self._ended:
            return
        self._gathering.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await asyncio.wait((self._gathering,))
        await self._answerer.preparer.give_up(self._prepared.intents, error or asyncio.CancelledError())


def _says_so(result: SourceResult, *, called: bool, came: bool) -> bool:
    """Say whether a result itself tells that its source was asked and came, or openly that it was not asked."""
    return came and bool(result.records) if called else result.answer.outcome in OPENLY


def _copies(found: Mapping[Place, Found]) -> dict[Place, Found]:
    """Give the same again: a release writes on what it releases, and more may have to be released of it later."""
    return {place: one._replace(records=copied(one.records)) for place, one in found.items()}

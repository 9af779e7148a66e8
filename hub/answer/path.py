"""The path of a question: each room entered once, nothing calls back.

question → facts → decide → intent written → gather → facts again → release → outcome written → answer.

Everything is prepared first, for all the questions of a request and for the people named beside; then, at one
moment, consent, agreements, rules and protections are read once more and everything is released by what they say.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.answer.asked import Asked, Prepared
from hub.answer.beside import tell_beside
from hub.answer.deciding import nothing_permitted
from hub.answer.family import Gathering, put_together
from hub.answer.kin import Kin
from hub.answer.ledger_entries import outcome_of
from hub.answer.now import Now, now_of, pairs_of
from hub.answer.observed import SourceObserver
from hub.answer.one_person import person_of
from hub.answer.prepare import Preparer
from hub.answer.question import Question
from hub.answer.relatives import kin_now, shielded_now, sight_of
from hub.answer.release import opaque_ids
from hub.answer.released import Pair, SourceResult, results_of
from hub.answer.sources import Sources
from hub.answer.unfolding import Unfolding
from hub.audit.entries import Intent, OutcomeRecord
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.joined import Watching
from hub.errors import HubError
from hub.governance.reasons import Reasons
from hub.governance.register import Register, Standing
from hub.governance.telling import Owners
from hub.governance.versions.rulebooks import Rulebooks
from hub.identity.requester import Requester
from hub.people.index import PersonIndex
from hub.people.known import KnownPerson
from hub.reviews.watching import Looked
from schema.fields import FieldId
from schema.person import Person

ENDS = FieldId("Relationship.end")


class _Released(NamedTuple):
    """What leaves for one question: people, what the ledger is told, and the agencies to tell of a record of it."""

    people: tuple[Person | None, ...]
    written: list[OutcomeRecord]
    seen: list[tuple[str, str]]


class Answerer:
    """Answers questions about people. The one way to a source."""

    def __init__(
        self,
        *,
        index: PersonIndex,
        register: Register,
        rulebooks: Rulebooks,
        ledger: Ledger,
        pseudonyms: Pseudonyms,
        sources: Sources,
        id_key: bytes,
        clock: Callable[[], datetime],
        observer: SourceObserver,
        reasons: Reasons,
        owners: Owners,
        watching: Watching,
    ) -> None:
        """Join the rooms a question passes through."""
        budgets = watching.budgets
        self.preparer = Preparer(index, register, rulebooks, ledger, pseudonyms, sources, clock, reasons, budgets)
        self._budgets = budgets
        self._reviews = watching.reviews
        self._owners = owners
        self._ledger = ledger
        self._id_key = id_key
        self._clock = clock
        self._observer = observer

    async def answer(self, *questions: Question) -> list[tuple[Person | None, ...] | HubError]:
        """Answer questions together; of each person, null is one who does not exist, or may not be known to.

        In the place of one that is over its asker's budget stands why it is not answered; the rest are.
        """
        begun = time.monotonic()
        refused = await self._budgets.opened(questions)
        waited = time.monotonic() - begun
        left = iter(await self._answer([q for place, q in enumerate(questions) if place not in refused], waited))
        return [refused[place] if place in refused else next(left) for place in range(len(questions))]

    async def unfold(self, question: Question) -> Unfolding:
        """Begin a question whose answer is released part by part: its asker's budget, its intent, its sources asked.

        HubError says why it is not answered.
        """
        begun = time.monotonic()
        for refused in (await self._budgets.opened([question])).values():
            raise refused
        return Unfolding(self, await self.preparer.begin(question, time.monotonic() - begun))

    async def write_part(
        self, prepared: Prepared, written: Iterable[OutcomeRecord], seen: Iterable[tuple[str, str]], *, first: bool
    ) -> None:
        """Write down what is about to leave of a question on its way; what was ``seen`` owes an agency a notice."""
        if first:
            await self._look_at([prepared])
        await self._owners.tell(seen)
        await self._ledger.append(*written)

    def note(self, requester: Requester) -> str | None:
        """Say, in a code, that the requester nears a limit of theirs; none where they do not."""
        return self._budgets.note(requester)

    async def _answer(self, questions: Sequence[Question], waited: float) -> list[tuple[Person | None, ...]]:
        prepared = await self._prepare(questions, waited)
        intents = [i for p in prepared for i in p.all_intents]
        try:
            released = await self._release_all(prepared)
            await self._look_at(prepared)
            await self._owners.tell(seen for one in released for seen in one.seen)
            await self._ledger.append(*(outcome for one in released for outcome in one.written))
        except BaseException as error:
            await self.preparer.give_up(intents, error)
            raise
        return [one.people for one in released]

    async def _prepare(self, questions: Sequence[Question], waited: float) -> list[Prepared]:
        """Prepare every question at once; if one fails, none is answered."""
        if len(questions) == 1:
            return [await self.preparer.prepare(questions[0], waited)]
        done = await asyncio.gather(*(self.preparer.prepare(q, waited) for q in questions), return_exceptions=True)
        prepared = [p for p in done if isinstance(p, Prepared)]
        for error in done:
            if isinstance(error, BaseException):
                await self.preparer.give_up([i for p in prepared for i in p.all_intents], error)
                raise error
        return prepared

    async def _look_at(self, prepared: Sequence[Prepared]) -> None:
        """Leave for the askers' own leads what they are to look at."""
        for one in prepared:
            question, agency = one.question, one.question.requester.organisation
            own = {s.config.id for s in self.preparer.sources if s.config.agency == agency}
            looked = [
                Looked(i.subject, bool(a.known and a.known.at & own))
                for a, i in zip(one.asked, one.intents, strict=True)
            ]
            who, at = question.requester, question.asked_at
            await self._reviews.opened(who, question.request_id, at, question.purpose, looked)

    async def _release_all(self, prepared: Sequence[Prepared]) -> list["_Released"]:
        """Read once more what governs and who is protected, then release everything; nothing waits in between."""
        everyone = tuple(dict.fromkeys(p for one in prepared for p in one.everyone))
        known = await self.preparer.known(everyone)
        standing = await self.preparer.standing([*everyone, *(i for k in known.values() for i in k.aliases)])
        return [self._release(one, known, standing) for one in prepared]

    def _release(self, prepared: Prepared, known: Mapping[str, KnownPerson], standing: Standing) -> "_Released":
        question, now = prepared.question, self._clock()
        kin = kin_now(self.preparer, prepared, prepared.named, known, standing) if prepared.kin else None
        beside: dict[str, Person | None] = {}
        written: list[OutcomeRecord] = []
        seen: list[tuple[str, str]] = []
        if prepared.beside is not None:
            others = self._release(shielded_now(prepared, prepared.beside, known), known, standing)
            written, seen = others.written, others.seen
            beside = dict(zip(prepared.beside.question.people, others.people, strict=True))
        by = self.preparer.decisions(question, standing)
        nows = [now_of(self.preparer, prepared, a, known.get(a.person_id), by) for a in prepared.asked]
        parts = self._parts(prepared, nows, known, standing, kin)
        answered: list[Person | None] = []
        for asked, intent, one, results in zip(prepared.asked, prepared.intents, nows, parts, strict=True):
            now_known = known.get(asked.person_id)
            person = self._person(question, asked, one, results, intent)
            answered.append(person)
            if person is None:
                written.append(outcome_of(intent, {}, one.ended, now))
                continue
            if now_known is not None and one.there:
                tell_beside(person, question, now_known.aliases | {asked.person_id}, results.values(), standing)
            if kin is not None:
                self._join(prepared, person, kin, beside, results)
            written.append(outcome_of(intent, results, one.ended, now))
            seen += [
                (one.decided[s].source.config.agency, intent.record_id) for s, r in results.items() if r.owner_told
            ]
        return _Released(tuple(answered), written, seen)

    def _parts(
        self,
        prepared: Prepared,
        nows: Sequence[Now],
        known: Mapping[str, KnownPerson],
        standing: Standing,
        kin: Kin | None,
    ) -> list[Mapping[str, SourceResult]]:
        """Give every source's part of each answer, by what was permitted both when it was asked and now."""
        question, pairs = prepared.question, list[Pair]()
        for place, (asked, now) in enumerate(zip(prepared.asked, nows, strict=True)):
            its = known.get(asked.person_id)
            sight = sight_of(self.preparer, question, asked.person_id, its, standing, kin) if kin else None
            pairs += pairs_of(prepared, place, now, sight)
        results = self.results(question, pairs)
        self.count(question, zip(pairs, results, strict=True))
        each = iter(results)
        return [{source_id: next(each) for source_id in now.decided} for now in nows]

    def results(self, question: Question, pairs: Sequence[Pair]) -> Sequence[SourceResult]:
        """Release what each source gave of each person."""
        return results_of(pairs, ids=self._id_key if question.wanted.ids else None, now=self._clock())

    def count(self, question: Question, became: Iterable[tuple[Pair, SourceResult]]) -> None:
        """Tell the observer what became of each source."""
        counted = Counter(
            (result.answer.source, result.answer.outcome, pair.found.code if pair.found else "")
            for pair, result in became
        )
        for (source_id, outcome, code), times in counted.items():
            self._observer.source(question.request_id, source_id, outcome.value, code, times)

    def _person(
        self,
        question: Question,
        asked: Asked,
        now: Now,
        results: Mapping[str, SourceResult],
        intent: Intent,
    ) -> Person | None:
        """Put one person together; nobody, where the asker may see something of people and nothing of this one."""
        decided = now.decided.values()
        if not now.there and not nothing_permitted(decided):
            return None
        self.count_gaps(results.values())
        today = question.asked_at.date()
        return person_of(asked.person_id, question.wanted, results, intent.record_id, decided, today)

    def count_gaps(self, results: Iterable[SourceResult]) -> None:
        """Tell the observer of what was held back, and why."""
        for reason in [gap.reason for result in results for gap in result.gaps.values() if gap.reason]:
            self._observer.withheld(reason.value)

    def _join(
        self,
        prepared: Prepared,
        person: Person,
        kin: Kin,
        beside: Mapping[str, Person | None],
        results: Mapping[str, SourceResult],
    ) -> None:
        """Put the people named beside a person in their relationships, and the family together where it was asked."""
        for one in person.relationships or ():
            if one.provenance is not None and one.local_id is not None:
                one.person = beside.get(kin.places.get((one.provenance.source, one.local_id), ""))
        if prepared.question.wanted.family:
            unsaid = frozenset(s for s, result in results.items() if ENDS in result.gaps)
            gathering = Gathering(kin, prepared.apart, unsaid, opaque_ids(self._id_key, "family"))
            put_together(person, beside, gathering)

"""The path of a question: each room entered once, nothing calls back.

question → facts → decide → intent written → gather → facts again → release → outcome written → answer.

Everything is prepared first, for all the questions of a request and for the people named beside; then, at one
moment, consent, agreements, rules and protections are read once more and everything is released by what they say.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol

from hub.answer.asked import Asked, Prepared
from hub.answer.beside import tell_beside
from hub.answer.deciding import Decided, nothing_permitted
from hub.answer.family import Gathering, put_together
from hub.answer.gather import Found
from hub.answer.kin import Kin, Sight
from hub.answer.ledger_entries import outcome_of
from hub.answer.prepare import Preparer
from hub.answer.question import Question
from hub.answer.relatives import kin_now, shielded_now, sight_of
from hub.answer.release import opaque_ids
from hub.answer.released import SourceResult, person_of, result_of
from hub.answer.sources import Sources
from hub.audit.entries import Ended, Intent, OutcomeRecord
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
from schema.outcomes import Outcome
from schema.person import Person

ENDS = FieldId("Relationship.end")

CHANGED = Found(Outcome.UNAVAILABLE, "changed-meanwhile", complete=False)
"""A source that may be asked now and might not when the question was: it was not, so what it holds is unknown."""


class SourceObserver(Protocol):
    """Is told what became of each source, in codes."""

    def source(self, request_id: str, source: str, outcome: str, code: str) -> None:
        """Count what became of asking a source, as it was told to the asker."""
        ...

    def withheld(self, reason: str) -> None:
        """Count a gap."""
        ...


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
        answered: list[Person | None] = []
        for place, (asked, intent) in enumerate(zip(prepared.asked, prepared.intents, strict=True)):
            now_known = known.get(asked.person_id)
            decided, there, ended = self._decided_now(prepared, asked, now_known, standing)
            told = asked if there else replace(asked, feeds={}, born=None)  # of nobody nothing is known
            sight = sight_of(self.preparer, question, asked.person_id, now_known, standing, kin) if kin else None
            results = {
                source_id: self._result(prepared, place, told, d, sight, ended) for source_id, d in decided.items()
            }
            answered.append(self._person(question, asked, decided, results, intent, there=there))
            if now_known is not None and there and answered[-1]:
                ids = now_known.aliases | {asked.person_id}
                tell_beside(answered[-1], question, ids, results.values(), standing)
            if kin is not None and answered[-1] is not None:
                self._join(prepared, answered[-1], kin, beside, results)
            shown = results if answered[-1] else {}
            written.append(outcome_of(intent, shown, ended, now))
            seen += [(decided[s].source.config.agency, intent.record_id) for s, r in shown.items() if r.owner_told]
        return _Released(tuple(answered), written, seen)

    def _decided_now(
        self, prepared: Prepared, asked: Asked, known: KnownPerson | None, standing: Standing
    ) -> tuple[Mapping[str, Decided], bool, Ended]:
        """Give the decisions that hold now, and whether they are of anybody: the same, unless something has changed.

        Whoever was nobody to the asker is decided again like everybody else: the rules may answer them otherwise now.
        """
        ids = known.aliases if known else frozenset({asked.person_id})
        before = prepared.standing
        same = standing.epoch == before.epoch and standing.passing(ids) == before.passing(ids)
        same = same and asked.shield == prepared.question.shield_of(asked.person_id)
        if same and asked.known in (None, known):
            return asked.decided, asked.known is not None, Ended.COMPLETE
        return *self.preparer.told(prepared.question, asked.person_id, known, standing), Ended.CHANGED

    def _result(
        self,
        prepared: Prepared,
        place: int,
        asked: Asked,
        decided: Decided,
        sight: Sight | None,
        ended: Ended,
    ) -> SourceResult:
        """Give one source's part of the answer, by what was permitted both when it was asked and now."""
        source_id = decided.source.config.id
        found = prepared.found.get((place, source_id))
        before = asked.decided[source_id]
        if ended is Ended.CHANGED and (asked.known is None or not decided.permitted <= before.permitted):
            found = CHANGED
        result = result_of(
            decided,
            found,
            sight=sight,
            last_sync=asked.feeds.get(source_id),
            born=asked.born,
            ids=self._id_key if prepared.question.wanted.ids else None,
            now=self._clock(),
        )
        code = found.code if found else ""
        self._observer.source(prepared.question.request_id, source_id, result.answer.outcome.value, code)
        return result

    def _person(
        self,
        question: Question,
        asked: Asked,
        decided: Mapping[str, Decided],
        results: Mapping[str, SourceResult],
        intent: Intent,
        *,
        there: bool,
    ) -> Person | None:
        """Put one person together; nobody, where the asker may see something of people and nothing of this one."""
        if not there and not nothing_permitted(decided.values()):
            return None
        for reason in [gap.reason for result in results.values() for gap in result.gaps.values() if gap.reason]:
            self._observer.withheld(reason.value)
        today = question.asked_at.date()
        return person_of(asked.person_id, question.wanted, results, intent.record_id, decided.values(), today)

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

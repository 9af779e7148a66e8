"""The path of one question: each room entered once, nothing calls back.

question → facts → decide → intent written → gather → facts again → release → outcome written → answer.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from connectors.contract import LocalId
from hub.answer.deciding import Decided, decide_all, nothing_permitted
from hub.answer.gather import Errand, Found, Key, gather
from hub.answer.ledger_entries import intent_of, outcome_of
from hub.answer.question import Question
from hub.answer.released import SourceResult, person_of, result_of
from hub.answer.sources import Sources
from hub.audit.entries import Ended, Intent
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.register import Register, Standing, WrongPolicyVersion
from hub.people.index import PersonIndex
from hub.people.known import KnownPerson
from hub.store.database import patience
from policies.rulebook import Rulebook
from schema.outcomes import Outcome
from schema.person import Person
from schema.records import Relationship

MOST_RELATIVES = 20
"""People named beside one person that are followed; more are named without being opened."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One person of a question: who they are to the hub, and what was decided of each source."""

    person_id: str
    known: KnownPerson | None
    decided: Mapping[str, Decided]
    errands: tuple[Errand, ...]
    silent: Mapping[Key, Found]
    born: date | None
    feeds: Mapping[str, datetime]


class SourceObserver(Protocol):
    """Is told what became of each source, in codes."""

    def source(self, request_id: str, source: str, outcome: str, code: str) -> None:
        """Count what became of asking a source."""
        ...

    def withheld(self, reason: str) -> None:
        """Count a gap."""
        ...


class Answerer:
    """Answers questions about people. The one way to a source."""

    def __init__(
        self,
        *,
        index: PersonIndex,
        register: Register,
        rulebook: Rulebook,
        ledger: Ledger,
        pseudonyms: Pseudonyms,
        sources: Sources,
        id_key: bytes,
        clock: Callable[[], datetime],
        observer: SourceObserver,
    ) -> None:
        """Join the rooms a question passes through."""
        self.index = index
        self.register = register
        self.rulebook = rulebook
        self.ledger = ledger
        self.pseudonyms = pseudonyms
        self.sources = sources
        self._id_key = id_key
        self._clock = clock
        self._observer = observer

    async def answer(self, question: Question) -> tuple[Person | None, ...]:
        """Answer about each person asked, in order; null is a person who does not exist, or may not be known to."""
        known = await self._known(question)
        standing = await self._standing(question)
        asked: Sequence[Asked] = [await self._decide(question, p, known.get(p), standing) for p in question.people]
        intents = [self._intent(question, a, standing) for a in asked]
        await self.ledger.append(*intents)
        try:
            found = await self._gather(question, asked)
            asked, ended = await self._decide_again(question, known, standing, asked)
            results = [self._release(question, a, found) for a in asked]
            people = [self._person(question, a, r, i) for a, r, i in zip(asked, results, intents, strict=True)]
            await self._relatives(question, people)
        except BaseException:
            await self._abandon(intents)
            raise
        now = self._clock()
        await self.ledger.append(*(outcome_of(i, r, ended, now) for i, r in zip(intents, results, strict=True)))
        return tuple(people)

    async def _known(self, question: Question) -> Mapping[str, KnownPerson]:
        """Read each person; one who is sealed is as if there were no such person, and a superseded one is followed."""
        async with patience():
            known = dict(await self.index.people(question.people))
            for person_id, person in known.items():
                if person.superseded_by and (now := await self.index.person(person.superseded_by)):
                    known[person_id] = now
        return {person_id: person for person_id, person in known.items() if not person.sealed}

    async def _standing(self, question: Question) -> Standing:
        standing = await self.register.standing(question.people)
        if standing.policy_version != self.rulebook.version:
            raise WrongPolicyVersion(standing.policy_version)
        return standing

    async def _decide(self, question: Question, person_id: str, known: KnownPerson | None, standing: Standing) -> Asked:
        """Decide, and plan the errands: a source with nothing permitted, or known to hold nothing, is not called."""
        flags = known.flags if known else frozenset()
        decided = decide_all(question, person_id, flags, self.sources, standing, self.rulebook)
        if known is None:
            return Asked(person_id, None, decided, (), {}, None, {})
        feeds = await self.index.feeds()
        traits = await self.index.traits(known.id) if self._needs_traits(known, decided) else None
        errands, silent = [], {}
        for d in decided.values():
            if not d.permitted:
                continue
            source = d.source
            ids = tuple(link.local_id for link in known.links if link.source_id == source.config.id)
            if ids:
                errands.append(Errand(person_id, source, d.permitted, ids))
            elif not source.connector.capabilities.feeds_index:
                errands.append(Errand(person_id, source, d.permitted, (), traits))
            elif source.config.id not in feeds:
                silent[person_id, source.config.id] = Found(Outcome.UNAVAILABLE, "not-indexed", complete=False)
        born = traits.date_of_birth if traits else None
        return Asked(person_id, known, decided, tuple(errands), silent, born, feeds)

    def _needs_traits(self, known: KnownPerson, decided: Mapping[str, Decided]) -> bool:
        """Say whether the sealed demographics are needed: to trace, or to say that an age is not covered."""
        linked = {link.source_id for link in known.links}
        return any(
            source_id not in linked
            and (
                not d.source.connector.capabilities.feeds_index
                or d.source.coverage.youngest is not None
                or d.source.coverage.oldest is not None
            )
            for source_id, d in decided.items()
        )

    def _intent(self, question: Question, asked: Asked, standing: Standing) -> Intent:
        called = frozenset(e.source.config.id for e in asked.errands)
        return intent_of(
            question, asked.person_id, asked.decided.values(), called, standing.policy_version, self.pseudonyms
        )

    async def _gather(self, question: Question, asked: Sequence[Asked]) -> Mapping[Key, Found]:
        """Ask every source at once; what need not be asked is already known."""
        spent = (self._clock() - question.asked_at).total_seconds()
        errands = [e for a in asked for e in a.errands]
        found = await gather(errands, deadline=max(0.0, question.deadline - spent), clock=self._clock)
        for a in asked:
            found.update(a.silent)
        for (_, source_id), f in found.items():
            self._observer.source(question.request_id, source_id, f.outcome.value, f.code)
        return found

    async def _decide_again(
        self, question: Question, known: Mapping[str, KnownPerson], before: Standing, asked: Sequence[Asked]
    ) -> tuple[Sequence[Asked], Ended]:
        """Read consent and agreements once more: a change while sources were asked is decided again."""
        now = await self._standing(question)
        if now.epoch == before.epoch:
            return asked, Ended.COMPLETE
        again = [
            replace(
                a,
                decided=decide_all(
                    question,
                    a.person_id,
                    known[a.person_id].flags if a.person_id in known else frozenset(),
                    self.sources,
                    now,
                    self.rulebook,
                ),
            )
            for a in asked
        ]
        return again, Ended.CHANGED

    def _release(self, question: Question, asked: Asked, found: Mapping[Key, Found]) -> dict[str, SourceResult]:
        ids = self._id_key if question.wanted.ids else None
        return {
            source_id: result_of(
                d,
                found.get((asked.person_id, source_id)),
                last_sync=asked.feeds.get(source_id),
                born=asked.born,
                ids=ids,
                now=self._clock(),
            )
            for source_id, d in asked.decided.items()
        }

    def _person(
        self, question: Question, asked: Asked, results: Mapping[str, SourceResult], intent: Intent
    ) -> Person | None:
        if asked.known is None and not nothing_permitted(asked.decided.values()):
            return None
        for reason in [gap.reason for result in results.values() for gap in result.gaps.values() if gap.reason]:
            self._observer.withheld(reason.value)
        return person_of(
            asked.person_id,
            question.wanted,
            results,
            intent.record_id,
            asked.decided.values(),
            question.asked_at.date(),
        )

    async def _relatives(self, question: Question, people: Sequence[Person | None]) -> None:
        """Answer about the people named beside these, each decided on and written down separately."""
        wanted = question.wanted.relatives
        if wanted is None:
            return
        named = [r for p in people if p is not None for r in (p.relationships or ())]
        places = await self._places(named)
        ids = tuple(dict.fromkeys(places.values()))[:MOST_RELATIVES]
        if not ids:
            return
        spent = (self._clock() - question.asked_at).total_seconds()
        nested = replace(
            question, people=ids, wanted=wanted, deadline=question.deadline - spent, asked_at=self._clock()
        )
        answers = dict(zip(ids, await self.answer(nested), strict=True))
        for relationship in named:
            if (place := places.get(id(relationship))) is not None:
                relationship.person = answers.get(place)

    async def _places(self, named: Sequence[Relationship]) -> dict[int, str]:
        """Find the hub's id of each relative whom a source names by its own id."""
        by_source: dict[str, dict[int, LocalId]] = {}
        for r in named:
            if r.local_id is not None and r.provenance is not None:
                by_source.setdefault(r.provenance.source, {})[id(r)] = LocalId(r.local_id)
        places: dict[int, str] = {}
        for source, locals_ in by_source.items():
            known = await self.index.by_local(source, set(locals_.values()))
            places |= {place: known[local] for place, local in locals_.items() if local in known}
        return places

    async def _abandon(self, intents: Sequence[Intent]) -> None:
        """Write down that nothing was released, even while being cancelled; nothing more can be done if that fails."""
        now = self._clock()
        entries = [outcome_of(i, {}, Ended.ABANDONED, now) for i in intents]
        with contextlib.suppress(LedgerUnavailable):
            await asyncio.shield(self.ledger.append(*entries))

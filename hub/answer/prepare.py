"""Steps 1 to 4 of a question: who is asked about, the facts, the decisions, the intent written, the sources asked."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.answer.agreed import shown_if_agreed
from hub.answer.asked import Asked, Prepared
from hub.answer.asked_for import asked_for_of
from hub.answer.deciding import Decided, Decisions
from hub.answer.gather import Errand, Found, gather
from hub.answer.ledger_entries import intents_of, outcome_of
from hub.answer.question import Question
from hub.answer.relatives import beside
from hub.answer.rounds import Rounds
from hub.answer.sources import Sources
from hub.answer.write_down import write_down
from hub.audit.entries import Ended, Intent
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.budgets import Budgets
from hub.governance.reasons import Reasons
from hub.governance.register import Register, Standing
from hub.governance.versions.governing import governing
from hub.governance.versions.rulebooks import Rulebooks
from hub.people.index import PersonIndex
from hub.people.known import KnownPerson
from policies.verdicts import Verdict
from schema.labels import Label
from schema.outcomes import Outcome
from schema.reasons import Reason

FAREWELL = 0.25
"""Seconds a refusal waits for the ledger to be told that nothing was released."""

_NOBODY: frozenset[str] = frozenset()
_UNFLAGGED: frozenset[Label] = frozenset()
_OPENLY = frozenset({Verdict.WITHHOLD, Verdict.BROKER})
"""How a service is held back where that may be said."""

LOOK_ALIKE = Found(Outcome.UNIDENTIFIED, "look-alike", complete=False)
"""Somebody at the source has this birthday and a like name, and it was not certain enough to join them."""


@dataclass(frozen=True, slots=True)
class Preparer:
    """Prepares questions: all that happens before anything is released."""

    index: PersonIndex
    register: Register
    rulebooks: Rulebooks
    ledger: Ledger
    pseudonyms: Pseudonyms
    sources: Sources
    clock: Callable[[], datetime]
    reasons: Reasons
    budgets: Budgets

    async def prepare(self, question: Question, waited: float = 0.0) -> Prepared:
        """Decide, write the intent, ask every source, and do the same for the people named beside.

        ``waited`` are the seconds that counting the question took: a ledger that hangs keeps it from being counted too.
        """
        begun = await self.begin(question, waited)
        try:
            return await beside(self, replace(begun, found=await self.gathered(begun)))
        except BaseException as error:
            await self.give_up(begun.intents, error)
            raise

    async def begin(self, question: Question, waited: float = 0.0) -> Prepared:
        """Decide and write the intent. No source is asked yet: ``found`` has what is known without asking."""
        known = await self.known(question.people)
        standing = await self.standing([*question.people, *(i for k in known.values() for i in k.aliases)])
        by = self.decisions(question, standing)
        rounds = Rounds(await self.index.feeds(), self.clock())
        asked = [await self._asked(p, known.get(p), by, rounds) for p in question.people]
        intents = intents_of(question, asked, self.rulebooks.held(standing.policy_version), self.pseudonyms)
        await write_down(self.ledger, intents, waited)
        try:
            if question.reason is not None:
                await self.reasons.keep((i.record_id for i in intents), question.reason)
        except BaseException as error:
            await self.give_up(intents, error)
            raise
        found = {(n, source_id): f for n, a in enumerate(asked) for source_id, f in a.silent.items()}
        return Prepared(question, standing, asked, intents, found)

    async def known(self, people: Iterable[str]) -> Mapping[str, KnownPerson]:
        """Read each person; one who is sealed is as if there were no such person, and a superseded one is followed."""
        known = await self.index.followed(people)
        return {person_id: person for person_id, person in known.items() if not person.sealed}

    async def standing(self, people: Sequence[str]) -> Standing:
        """Read what governance says now; refuse to decide by another version of the rules than the active one."""
        return await governing(self.register, self.rulebooks, people)

    def decisions(self, question: Question, standing: Standing) -> Decisions:
        """Give what decides a question about any number of people, by what governs now."""
        return Decisions(question, self.sources, standing, self.rulebooks.held(standing.policy_version))

    def decide(
        self, question: Question, person_id: str, known: KnownPerson | None, standing: Standing
    ) -> Mapping[str, Decided]:
        """Decide every field at every source, for one person, by what is known of them now."""
        return _decided(self.decisions(question, standing), person_id, known)

    def told(self, by: Decisions, person_id: str, known: KnownPerson | None) -> tuple[Mapping[str, Decided], bool]:
        """Give what is decided of a person and whether they are anybody to the asker.

        Of whoever is nobody to them it is decided as of nobody at all, so that nothing known of the person shows in it.
        """
        if known is not None:
            decided = _decided(by, person_id, known)
            if seen_somewhere(known, decided):
                return decided, True
        nobody = by.of(_NOBODY, _UNFLAGGED)
        if known is not None and self._held_back_from(by, known, decided, nobody):
            return decided, True
        return nobody, False

    def _held_back_from(
        self, by: Decisions, known: KnownPerson, decided: Mapping[str, Decided], nobody: Mapping[str, Decided]
    ) -> bool:
        """Say whether a source openly keeps this one person's records back, for a reason that is theirs.

        A family's refusal is told to whom it is addressed; the rest only to whoever may look into the source.
        """
        openly = {s for s in known.at if s in decided and decided[s].existence.verdict in _OPENLY}
        if any(nobody[s].permitted for s in openly):
            return True
        refused = {s for s in openly if decided[s].existence.reason is Reason.CONSENT_REFUSED}
        if not refused:
            return False
        ids, rulebook = frozenset({known.id}) | known.aliases, self.rulebooks.held(by.standing.policy_version)
        return not refused.isdisjoint(shown_if_agreed(by.question, self.sources, by.standing, rulebook, ids))

    async def _asked(self, person_id: str, known: KnownPerson | None, by: Decisions, rounds: Rounds) -> Asked:
        """Decide, and plan the errands: a source with nothing permitted, or known to hold nothing, is not called."""
        decided, there = self.told(by, person_id, known)
        subject, shield = known.id if known else person_id, by.question.shield_of(person_id)
        if known is None or not there:
            return Asked(person_id, subject, None, decided, shield=shield)
        whom = rounds.of(decided, known.at)
        traits = await self.index.traits(known.id) if whom.needs_traits else None
        ids, silent = known.local_ids, whom.silent
        errands = tuple(
            Errand(person_id, d.source, d.permitted, ids.get(s, ()), None if s in ids else traits)
            for s, d in whom.asked
        )
        if whom.unlinked:
            silent = {**silent, **await self._doubts(known, whom.unlinked, by)}
        born = traits.date_of_birth if traits else None
        return Asked(person_id, subject, known, decided, errands, silent, born, shield, rounds.feeds)

    async def _doubts(self, known: KnownPerson, unlinked: Iterable[str], by: Decisions) -> dict[str, Found]:
        """Say at which sources somebody alike may be this person: nobody joined them, so nothing is not none held.

        Somebody alike whom the asker might not be told of at that source makes no doubt there.
        """
        ids, alike = frozenset({known.id}) | known.aliases, await self.index.doubtful(known.id)
        told: dict[str, Found] = {}
        for source_id in unlinked:
            for flags in alike.get(source_id, ()):
                if by.of(ids, known.flags | flags)[source_id].permitted:
                    told[source_id] = LOOK_ALIKE
        return told

    async def gathered(
        self, begun: Prepared, came: Callable[[Mapping[tuple[int, str], Found]], None] | None = None
    ) -> dict[tuple[int, str], Found]:
        """Ask every source at once; what need not be asked is already known. ``came`` hears of each that answered."""
        errands = {(n, e.source.config.id): e for n, a in enumerate(begun.asked) for e in a.errands}
        left, asked_for = self.left(begun.question), asked_for_of(begun.question, self.pseudonyms)
        found = await gather(errands, deadline=left, clock=self.clock, asked_for=asked_for, came=came)
        found.update(begun.found)
        return found

    def left(self, question: Question) -> float:
        """Give the seconds left of a question's deadline."""
        spent = (self.clock() - question.asked_at).total_seconds()
        return max(0.0, question.deadline - spent)

    async def give_up(self, intents: Sequence[Intent], error: BaseException) -> None:
        """Write down that nothing was released, and whether the asker left; no more can be done if that fails."""
        ended = Ended.ABANDONED if isinstance(error, asyncio.CancelledError) else Ended.FAILED
        now = self.clock()
        entries = [outcome_of(i, {}, ended, now) for i in intents]
        with contextlib.suppress(LedgerUnavailable, TimeoutError):
            async with asyncio.timeout(FAREWELL):  # whoever was cut off is not kept waiting; the append goes on
                await asyncio.shield(self.ledger.append(*entries))


def _decided(by: Decisions, person_id: str, known: KnownPerson | None) -> Mapping[str, Decided]:
    """Decide on somebody by every id they go by, with the flags that they and the question give them."""
    ids, flags = (known.aliases, known.flags) if known else (_NOBODY, _UNFLAGGED)
    shield = by.question.shield_of(person_id)
    return by.of(ids if person_id in ids else ids | {person_id}, flags | shield if shield else flags)


def seen_somewhere(known: KnownPerson, decided: Mapping[str, Decided]) -> bool:
    """Say whether a source that the asker may look into knows the person."""
    return any(decided[source_id].permitted for source_id in known.at if source_id in decided)

"""Step 3: decide. Before the first byte is fetched, every field at every source has its verdict and its rules. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.answer.bound import Barred, PassedOn, bars, standing_within
from hub.answer.facts import FactsOf
from hub.answer.parts import divided, parts_of
from hub.answer.question import EXISTENCE, Question
from hub.answer.sources import ConnectedSource, Sources
from hub.governance.register import Standing
from policies.decide import ServiceMask, decide
from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from policies.verdicts import Decision
from policies.vocabulary import Duty
from schema.fields import FieldId
from schema.labels import Label

KEPT = 1024
"""Masks whose rules and refusals are kept: rules about kinds of asker, never about a person."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of one source for one person.

    ``permitted`` are the fields both asked and permitted: all that the source may be asked for. ``refused`` are
    those asked whose value may not be shown whole, each with its decision. ``rules`` are all that had a part in it.
    ``told`` are the permitted fields whose owner must be told that they were seen.
    """

    source: ConnectedSource
    facts: Facts
    mask: ServiceMask
    permitted: frozenset[FieldId]
    refused: Mapping[FieldId, Decision]
    rules: tuple[str, ...]
    told: frozenset[FieldId]

    @classmethod
    def of(cls, source: ConnectedSource, facts: Facts, mask: ServiceMask) -> "Decided":
        """Read a mask once, for everybody who needs what it says."""
        return cls(source, facts, mask, *_read(mask))

    @property
    def asked(self) -> frozenset[FieldId]:
        """Give the fields that were asked for."""
        return self.mask.asked

    @property
    def existence(self) -> Decision:
        """Give the decision on whether the service knows the person at all."""
        return self.mask.existence


@lru_cache(maxsize=KEPT)
def _read(
    mask: ServiceMask,
) -> tuple[frozenset[FieldId], Mapping[FieldId, Decision], tuple[str, ...], frozenset[FieldId]]:
    decisions = {fid: mask.decide(fid) for fid in mask.asked | {EXISTENCE}}
    refused = {fid: d for fid, d in decisions.items() if fid in mask.asked and d.reason is not None}
    rules = {rule for d in decisions.values() for rule in (*d.allow, *d.deny)}
    told = frozenset(fid for fid, d in decisions.items() if Duty.NOTIFY_OWNER in d.duties)
    return mask.permitted, refused, tuple(sorted(rules)), told


class Decisions:
    """What is decided of one question about several people, made once of whoever the same is true of.

    It is kept by facts and never by a person, and lives no longer than what governs it was read for.
    """

    def __init__(self, question: Question, sources: Sources, standing: Standing, rulebook: Rulebook) -> None:
        """Take what is asked and what governs it."""
        wanted, who = question.wanted, question.requester
        self.question, self.standing = question, standing
        self._within, self._rulebook = standing_within(who, standing), rulebook
        self._asker = Asker(who.role, who.organisation, question.purpose)
        self._sources = [
            s
            for s in sources
            if (wanted.services is None or s.config.service in wanted.services)
            and (wanted.sources is None or s.config.id in wanted.sources)
        ]
        self._named = standing.named
        self._of_others: dict[frozenset[Label], Mapping[str, Decided]] = {}
        self._made: dict[tuple[str, Facts, ServiceMask], Decided] = {}

    def of(self, person_ids: frozenset[str], flags: frozenset[Label]) -> Mapping[str, Decided]:
        """Decide every field asked, at every source the question concerns, for one person."""
        if not self._named.isdisjoint(person_ids):
            return self._decided(person_ids, flags)
        made = self._of_others.get(flags)
        if made is None:
            made = self._of_others[flags] = self._decided(person_ids, flags)
        return made

    def _decided(self, person_ids: frozenset[str], flags: frozenset[Label]) -> Mapping[str, Decided]:
        decided = {}
        for source, its, mask in self.masks(person_ids, flags):
            made = self._made.get((source.config.id, its, mask))
            if made is None:
                made = self._made[source.config.id, its, mask] = Decided.of(source, its, mask)
            decided[source.config.id] = made
        return decided

    def masks(
        self, person_ids: frozenset[str], flags: frozenset[Label]
    ) -> Iterator[tuple[ConnectedSource, Facts, ServiceMask]]:
        """Give every source a question concerns, what is true there of one person, and its mask, not yet read."""
        question, asked = self.question, self.question.wanted.fields
        standing = self._within if self._named <= person_ids else self._within.about(person_ids)
        facts = FactsOf(person_ids, flags, question, standing)
        parts = {
            s.config.id: parts_of(s.config, person_ids, facts.at(s.config), question, standing) for s in self._sources
        }
        masks = decide(
            self._asker,
            {s.config.id: (s.config.service, parts[s.config.id][0][1]) for s in self._sources},
            asked,
            self._rulebook,
        )
        for s in self._sources:
            (_, its), *others = parts[s.config.id]  # the part of existence, which the ledger tells of
            mask = masks[s.config.id]
            if others:
                mask = divided(s.config.service, self._asker, parts[s.config.id], asked, self._rulebook)
            if bars(question, s.config, standing):
                mask = Barred(asked, None)
            elif question.requester.relayed is not None:
                mask = PassedOn.of(mask)
            yield s, its, mask


def decide_all(
    question: Question,
    person_ids: frozenset[str],
    flags: frozenset[Label],
    sources: Sources,
    standing: Standing,
    rulebook: Rulebook,
) -> Mapping[str, Decided]:
    """Decide every field asked, at every source the question concerns, for one person alone."""
    return Decisions(question, sources, standing, rulebook).of(person_ids, flags)


def nothing_permitted(decided: Iterable[Decided]) -> bool:
    """Say whether the rules let nothing at all be seen, of anyone: then even an unknown id is answered alike."""
    return not any(d.permitted for d in decided)

"""Kin: whom relationships name, and what may be told of each of them in somebody else's answer. Pure.

A relative is a person of their own. They are decided on as if the asker had asked about them, by their own agreements,
consent, flags and objections, and a relationship shows only what may be told both of the child and of them. Whoever
the asker may not know of is left out before anything is looked at, exactly as if the source had not named them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hub.answer.deciding import Decided
from hub.answer.gather import Found
from hub.answer.question import EXISTENCE, MARKERS, RELATIONSHIP, Question, Wanted
from hub.answer.release import Released
from hub.people.known import KnownPerson
from hub.people.protection import HIDES_ADDRESS
from policies.masks import apply_mask
from policies.service_mask import ServiceMask
from policies.verdicts import Decision, Verdict
from policies.vocabulary import Duty
from schema.fields import CATALOGUE, FieldId
from schema.records import Relationship, RelationshipType

Place = tuple[str, str]
"""Where somebody is known: a source, and its own id for them."""

OF_KIN: Final[Mapping[FieldId, str]] = {fid: f.name for fid, f in CATALOGUE.items() if f.record == RELATIONSHIP}
_FIELDS: Final = frozenset(OF_KIN)
HOME: Final = FieldId("Address.lines")
SAME_HOME: Final = FieldId("Relationship.same_household")
"""Whether two people live together is told only where the address of either, if it is confidential, may be told."""

Told = Callable[[str, KnownPerson], tuple[Mapping[str, Decided], bool]]
"""Says what is decided of a person at each source, and whether they are anybody to the asker."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Who is named, by where, and what is decided at each source of whoever may be known of."""

    places: Mapping[Place, str]
    decided: Mapping[str, Mapping[str, Decided]]

    def opened(self) -> tuple[str, ...]:
        """Give the hub's ids of whoever may be known of, each once, in the order they are named."""
        return tuple(dict.fromkeys(p for p in self.places.values() if p in self.decided))


def naming(question: Question) -> Question | None:
    """Give the question about those whom relationships name; none where no relationship was asked for."""
    asked = question.wanted.fields & _FIELDS
    if not asked:
        return None
    fields = asked | {EXISTENCE, HOME, MARKERS[RELATIONSHIP]}
    return replace(question, people=(), wanted=Wanted(fields=fields), declared=False)


def kin_of(named: Mapping[Place, str], known: Mapping[str, KnownPerson], told: Told) -> Kin:
    """Decide on everybody named, each once; whoever is sealed or unknown to the index by now is nobody."""
    places: dict[Place, str] = {}
    met: dict[str, Mapping[str, Decided] | None] = {}
    for place, person_id in named.items():
        person = known.get(person_id)
        places[place] = person.id if person else person_id
        if person is not None and person.id not in met:
            decided, there = told(person.id, person)
            met[person.id] = decided if there else None
    return Kin(places, {person_id: decided for person_id, decided in met.items() if decided is not None})


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be told of kin in one person's answer: who the person is, and what hides where they live, by source."""

    kin: Kin
    ids: frozenset[str]
    own: Mapping[str, Decided]

    def named(self, found: Found, source_id: str) -> Found:
        """Leave out relationships with whoever may not be known of, and what would tell of a confidential home."""
        left = tuple(r for r in found.records if type(r) is not Relationship or self._names(r, source_id))
        return found if len(left) == len(found.records) else found._replace(records=left)

    def narrow(self, out: Released, source_id: str) -> None:
        """Clear, of what was released, what may not be told of the other person; one left empty goes."""
        kept = [r for r in out.records if type(r) is not Relationship or self._narrowed(r, source_id, out)]
        out.records[:] = kept
        out.shown = {fid for fid in out.shown if fid not in OF_KIN} | set(_shown(kept))

    def opens(self, record: Relationship, source_id: str, mask: ServiceMask) -> str | None:
        """Give whom a relationship that ``named`` left leads to; none where nothing of it will be shown."""
        person_id = self._whom(record, source_id)
        if person_id is None or type(record.labels) is not frozenset:
            return None
        there = self.kin.decided[person_id][source_id].mask
        shows = (
            mask.decide(fid, record.labels).verdict.shows and there.decide(fid, record.labels).verdict.shows
            for fid, name in OF_KIN.items()
            if getattr(record, name) is not None and (fid != SAME_HOME or self._home(person_id, source_id) is None)
        )
        return person_id if any(shows) else None

    def _names(self, record: Relationship, source_id: str) -> bool:
        person_id = self._whom(record, source_id)
        if person_id in self.ids:  # a second row of the same person: nobody is their own relative
            return False
        if person_id is not None and source_id not in self.kin.decided.get(person_id, {}):
            return False
        plain = type(record.type) is RelationshipType and record.type is not RelationshipType.HOUSEHOLD
        return plain or self._home(person_id, source_id) is None

    def _narrowed(self, record: Relationship, source_id: str, out: Released) -> bool:
        """Say whether anything is left that may be told of the other person."""
        person_id = self._whom(record, source_id)
        if record.same_household is not None and (why := self._home(person_id, source_id)):
            record.same_household = None
            _hold_back(out, SAME_HOME, why)
        if person_id is not None:
            self._clear(record, self.kin.decided[person_id][source_id], out)
        return any(getattr(record, name) is not None for name in OF_KIN.values())

    def _clear(self, record: Relationship, decided: Decided, out: Released) -> None:
        for fid, name in OF_KIN.items():
            value = getattr(record, name)
            if value is None:
                continue
            decision = decided.mask.decide(fid, record.labels)
            if decision.verdict is not Verdict.PERMIT:
                shown = decision.verdict is Verdict.MASK and decision.mask is not None
                setattr(record, name, apply_mask(decision.mask, value) if shown and decision.mask else None)
                _hold_back(out, fid, decision)
            if decision.verdict.shows and Duty.NOTIFY_OWNER in decision.duties and not decided.facts.own:
                out.owner_told = True

    def _whom(self, record: Relationship, source_id: str) -> str | None:
        local_id = record.local_id
        return self.kin.places.get((source_id, local_id)) if type(local_id) is str else None

    def _home(self, person_id: str | None, source_id: str) -> Decision | None:
        """Say why it may not be told where either lives; none where it may, or neither address is confidential."""
        other = self.kin.decided.get(person_id, {}).get(source_id) if person_id else None
        for decided in (self.own.get(source_id), other):
            if decided is not None and decided.facts.flags & HIDES_ADDRESS:
                decision = decided.mask.decide(HOME)
                if decision.verdict is not Verdict.PERMIT:
                    return decision
        return None


def _hold_back(out: Released, fid: FieldId, decision: Decision) -> None:
    if decision.verdict is not Verdict.OMIT:
        out.held_back.setdefault(fid, decision)


def _shown(records: Iterable[object]) -> Iterable[FieldId]:
    for record in records:
        if type(record) is Relationship:
            yield from (fid for fid, name in OF_KIN.items() if getattr(record, name) is not None)

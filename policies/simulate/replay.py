"""Replay: recorded questions decided again by two versions: what would be shown that was not, and the reverse.

It says what a change would have meant to real questions; a diff says what it can mean to any. They differ.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from policies.conditions import true_bits
from policies.decide import decide
from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from policies.simulate.bearing import Bearing
from policies.vocabulary import AGENCY
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service

_SOURCE = ""
_EVERY = frozenset(CATALOGUE)

_Alike = tuple[str, str, Purpose, Service, int, frozenset[Label]]


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """One decision as the ledger has it: who asked as what, of which service, on which facts, what was permitted.

    ``version`` is that of the rules that made it; none where that is not known.
    """

    asker: Asker
    service: Service
    facts: Facts
    asked: frozenset[FieldId]
    permitted: frozenset[FieldId]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One field of one service for one role, and in how many of the decisions it would be gained or lost."""

    role: str
    service: Service
    field: FieldId
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What lies between two versions, in recorded decisions.

    ``not_replayable`` counts those that cannot be made again. ``astray`` counts decisions made by the first version
    that it now makes otherwise than was written down: none, or the ledger and the rules do not belong together.
    """

    before: str
    after: str
    decisions: int
    changed: int
    fields: tuple[Replayed, ...]
    not_replayable: int = 0
    astray: int = 0


def replay(decisions: Iterable[RecordedDecision | None], before: Rulebook, after: Rulebook) -> Replay:
    """Decide every recorded question again by both versions; none stands for one that cannot be made again."""
    replaying = Replaying(before, after)
    replaying.take(decisions)
    return replaying.found


class Replaying:
    """Decides recorded questions again, some at a time, so that all of them need never be held at once."""

    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        """Begin with none."""
        self._versions = before.version, after.version
        self._old, self._new, self._changed_rules = _Deciding(before), _Deciding(after), Bearing(before, after)
        self._gained: Counter[tuple[str, Service, FieldId]] = Counter()
        self._lost: Counter[tuple[str, Service, FieldId]] = Counter()
        self._count = self._changed = self._not_replayable = self._astray = 0

    @property
    def found(self) -> Replay:
        """Give what lies between the versions in what was taken so far."""
        cells = sorted(self._gained.keys() | self._lost.keys())
        fields = tuple(Replayed(*cell, self._gained[cell], self._lost[cell]) for cell in cells)
        return Replay(*self._versions, self._count, self._changed, fields, self._not_replayable, self._astray)

    def take(self, decisions: Iterable[RecordedDecision | None]) -> None:
        """Decide some questions again; none stands for one that cannot be made again."""
        for one in decisions:
            if one is None:
                self._not_replayable += 1
            else:
                self._take(one)

    def _take(self, one: RecordedDecision) -> None:
        self._count += 1
        bearing = self._changed_rules.on(one.asker, one.service, one.facts)
        ours = one.version == self._versions[0]
        if not (bearing or ours):
            # No changed rule applies, so it is the same by both versions, and there is nothing to hold it against.
            return
        true = true_bits(one.asker, one.facts)
        was = self._old.permitted(one, true)
        self._astray += ours and was != one.permitted
        becomes = self._new.permitted(one, true) if bearing else was
        if was != becomes:
            self._changed += 1
            self._gained.update((one.asker.role, one.service, field) for field in becomes - was)
            self._lost.update((one.asker.role, one.service, field) for field in was - becomes)


class _Deciding:
    """Decides by one version; questions that no rule can tell apart are decided once.

    Rules read a question's role, purpose, service and flags, which conditions are true, and its agency if one of them
    names it. So that is what makes two questions alike.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._named = {agency for row in rulebook.rows for agency in row.agency}
        self._known: dict[_Alike, frozenset[FieldId]] = {}

    def permitted(self, one: RecordedDecision, true: int) -> frozenset[FieldId]:
        """Give the fields asked for that this version permits where these conditions are true."""
        asker, facts = one.asker, one.facts
        agency = asker.agency if asker.agency in self._named or not AGENCY.fullmatch(asker.agency) else ""
        alike = (asker.role, agency, asker.purpose, one.service, true, facts.flags)
        known = self._known.get(alike)
        if known is None:
            known = decide(asker, {_SOURCE: (one.service, facts)}, _EVERY, self._rulebook)[_SOURCE].permitted
            self._known[alike] = known
        return one.asked & known

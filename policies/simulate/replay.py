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
    old, new, changed_rules = _Deciding(before), _Deciding(after), Bearing(before, after)
    gained: Counter[tuple[str, Service, FieldId]] = Counter()
    lost: Counter[tuple[str, Service, FieldId]] = Counter()
    count = changed = not_replayable = astray = 0
    for one in decisions:
        if one is None:
            not_replayable += 1
            continue
        count += 1
        bearing = changed_rules.on(one.asker, one.service, one.facts)
        ours = one.version == before.version
        if not (bearing or ours):
            # No changed rule applies, so it is the same by both versions, and there is nothing to hold it against.
            continue
        true = true_bits(one.asker, one.facts)
        was = old.permitted(one, true)
        astray += ours and was != one.permitted
        becomes = new.permitted(one, true) if bearing else was
        if was != becomes:
            changed += 1
            gained.update((one.asker.role, one.service, field) for field in becomes - was)
            lost.update((one.asker.role, one.service, field) for field in was - becomes)
    fields = tuple(Replayed(*cell, gained[cell], lost[cell]) for cell in sorted(gained.keys() | lost.keys()))
    return Replay(before.version, after.version, count, changed, fields, not_replayable, astray)


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

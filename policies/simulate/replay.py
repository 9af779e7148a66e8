"""Replay: recorded questions decided again by another version: what would be shown that was not, and the reverse.

It says what a change would have meant to real questions; a diff says what it can mean to any. They differ.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from policies.decide import decide
from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from schema.fields import FieldId
from schema.services import Service

_SOURCE = ""


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """One decision as the ledger has it: who asked as what, of which service, on which facts, what was permitted."""

    asker: Asker
    service: Service
    facts: Facts
    asked: frozenset[FieldId]
    permitted: frozenset[FieldId]


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
    """What a version would have made of recorded decisions."""

    version: str
    decisions: int
    changed: int
    fields: tuple[Replayed, ...]


def replay(decisions: Iterable[RecordedDecision], rulebook: Rulebook) -> Replay:
    """Decide every recorded question again; those alike are decided once."""
    counted = Counter(decisions)
    gained: Counter[tuple[str, Service, FieldId]] = Counter()
    lost: Counter[tuple[str, Service, FieldId]] = Counter()
    changed = 0
    for one, times in counted.items():
        mask = decide(one.asker, {_SOURCE: (one.service, one.facts)}, one.asked, rulebook)[_SOURCE]
        if mask.permitted != one.permitted:
            changed += times
            role = one.asker.role
            gained.update({(role, one.service, field): times for field in mask.permitted - one.permitted})
            lost.update({(role, one.service, field): times for field in one.permitted - mask.permitted})
    fields = (Replayed(*cell, gained[cell], lost[cell]) for cell in sorted(gained.keys() | lost.keys()))
    return Replay(rulebook.version, counted.total(), changed, tuple(fields))

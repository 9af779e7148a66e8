"""Bodies: what a rule does, without whom it is about. Rules that do the same are one body, in one version or two."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from policies.compiled import compile_row
from policies.rows import RuleRow
from policies.vocabulary import ANY, Duty, Effect, Mask, OnDeny
from schema.labels import Label

PERMIT: Final = 0
MASK: Final = 1
BROKER: Final = 2
WITHHOLD: Final = 3
HIGHEST: Final = 5
"""Levels, from the most open: a deny's is its place in ``OnDeny`` and one more; an allow's is PERMIT or MASK."""

_LEVELS: Final = {on_deny: place for place, on_deny in enumerate(OnDeny, start=MASK)}
_DUTIES: Final = tuple(Duty)
_MADE: Final[dict[tuple[object, ...], "Body"]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What a rule does where it applies: to which fields at which labels, on which conditions, to what effect.

    Two that do the same are one object, so that they are told apart as quickly as can be: ``body_of`` makes them.
    """

    allows: bool
    level: int
    mask: Mask | None
    duties: int
    covers: int
    labels: frozenset[Label]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a rule is about; none in a set's place means any word."""

    role: frozenset[str] | None
    purpose: frozenset[str] | None
    service: frozenset[str] | None
    agency: frozenset[str] | None


@lru_cache(maxsize=16_384)
def body_of(row: RuleRow) -> Body:
    """Give what a rule does."""
    compiled = compile_row(row)
    allows = row.effect is Effect.ALLOW
    level = (MASK if row.obligation else PERMIT) if allows else _LEVELS[row.on_deny or OnDeny.OMIT]
    duties = sum(1 << _DUTIES.index(duty) for duty in row.duties)
    told = (allows, level, row.obligation, duties, compiled.covers, compiled.labels, frozenset(row.conditions))
    return _MADE.setdefault(told, Body(*told))


def scope_of(row: RuleRow) -> Scope:
    """Give whom and what a rule is about."""
    return Scope(_words(row.role), _words(row.purpose), _words(row.service), _words(row.agency))


def _words(cell: Iterable[str]) -> frozenset[str] | None:
    return None if ANY in cell else frozenset(cell)


def duties_of(bits: int) -> tuple[Duty, ...]:
    """Give duties from their bits."""
    return tuple(sorted(duty for place, duty in enumerate(_DUTIES) if bits >> place & 1))


DUTY_BITS: Final = len(_DUTIES)

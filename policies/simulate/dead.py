"""Dead rules: those without which every question would be answered the same. Exact: each is taken out and compared.

A deny where nothing is allowed is one too, and is told apart: it guards what a later rule might allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.facts import Asker
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.bodies import BROKER, PERMIT, Body, body_of, scope_of
from policies.simulate.columns import space_for
from policies.simulate.places import Place, Rules
from policies.simulate.space import Space
from policies.simulate.turns import compared
from policies.vocabulary import Role
from schema.labels import Label
from schema.purposes import Purpose


class Cause(StrEnum):
    """Why a rule can never change an outcome."""

    NEVER = "never"
    SHADOWED = "shadowed"
    BARRED = "barred"
    COVERED = "covered"
    GUARD = "guard"


_SAYS: Final = {
    Cause.NEVER: "its conditions can never all hold",
    Cause.SHADOWED: "another rule says as much wherever it applies",
    Cause.BARRED: "wherever it allows something, a deny takes it away",
    Cause.COVERED: "other rules together say as much wherever it applies",
    Cause.GUARD: "nothing is allowed that it could take away; it guards what a later rule might allow",
}


@dataclass(frozen=True, slots=True)
class Dead:
    """A rule that can never change an outcome, why, and the rules that make it so."""

    rule: str
    cause: Cause
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        by = f": {', '.join(self.by)}" if self.by else ""
        return f"{self.rule}: {_SAYS[self.cause]}{by}"


@dataclass(frozen=True, slots=True)
class _There:
    """One place's rules: the situations they tell apart, and the ids of the rules by what they do."""

    place: Place
    space: Space
    ids: dict[Body, tuple[str, ...]]


def dead(rulebook: Rulebook) -> tuple[Dead, ...]:
    """Give every rule that can never change an outcome, in order of id."""
    there = list(_places(rulebook))
    suspects = {row.id for row in rulebook.rows}
    weighed: dict[tuple[Space, frozenset[Body], Body], bool] = {}
    for met in there:
        bodies = frozenset(met.ids)
        for body, rules in met.ids.items():
            if len(rules) == 1 and rules[0] in suspects:
                key = (met.space, bodies, body)
                if key not in weighed:
                    weighed[key] = _counts(*key)
                if weighed[key]:
                    suspects.discard(rules[0])
    return tuple(_cause(row, rulebook, there) for row in rulebook.rows if row.id in suspects)


def _places(rulebook: Rulebook) -> Iterator[_There]:
    rules = Rules((rulebook,))
    for place, (groups,) in rules.places():
        for agency in place.agencies.each:
            ids = rules.ids(groups, agency)
            yield _There(place, space_for(ids, place.asker), ids)


def _counts(space: Space, bodies: frozenset[Body], body: Body) -> bool:
    """Whether a body changes any outcome among others."""
    return any(compared(space, bodies, bodies - {body}))


def _cause(row: RuleRow, rulebook: Rulebook, there: list[_There]) -> Dead:
    body = body_of(row)
    met = [one for one in there if row.id in one.ids.get(body, ())]
    if not any(one.space.where_all(body.needs) for one in met):
        return Dead(row.id, Cause.NEVER)
    by = tuple(other.id for other in rulebook.rows if other.id != row.id and _says_as_much(other, row))
    if by:
        return Dead(row.id, Cause.SHADOWED, by)
    if body.allows:
        bars = tuple(sorted({rule for one in met for rule in _bars(one, body)}))
        alone = any(_counts(one.space, frozenset(b for b in one.ids if b.allows), body) for one in met)
        return Dead(row.id, Cause.BARRED, bars) if alone else Dead(row.id, Cause.COVERED)
    denies = (frozenset(b for b in one.ids if not b.allows) | {_OPEN} for one in met)
    alone = any(_counts(one.space, bodies, body) for one, bodies in zip(met, denies, strict=True))
    return Dead(row.id, Cause.GUARD if alone else Cause.COVERED)


_OPEN: Final = Body(
    allows=True, level=PERMIT, mask=None, duties=0, covers=-1, labels=frozenset(Label), needs=frozenset()
)
"""An allow of everything, to see whether a deny would take anything away."""


def _bars(one: _There, body: Body) -> Iterator[str]:
    """Give the denies that leave nothing of something it allows."""
    within = one.space.where_all(body.needs)
    for other, rules in one.ids.items():
        bars = not other.allows and other.level >= BROKER
        if (
            bars
            and other.covers & body.covers
            and other.labels & body.labels
            and one.space.where_all(other.needs) & within
        ):
            yield from rules


def _says_as_much(other: RuleRow, row: RuleRow) -> bool:
    """Whether a rule applies wherever another does, to as much effect."""
    wide, narrow, wide_scope, narrow_scope = body_of(other), body_of(row), scope_of(other), scope_of(row)
    scopes = (
        (wide_scope.role, narrow_scope.role),
        (wide_scope.purpose, narrow_scope.purpose),
        (wide_scope.service, narrow_scope.service),
        (wide_scope.agency, narrow_scope.agency),
    )
    if wide.allows is not narrow.allows or narrow.covers & ~wide.covers or not narrow.labels <= wide.labels:
        return False
    if any(one is not None and (two is None or not two <= one) for one, two in scopes):
        return False
    if narrow.duties & ~wide.duties or (wide.level > narrow.level if wide.allows else wide.level < narrow.level):
        return False
    return all(_weaker(wide, narrow, Asker(role.value, "any-agency", purpose)) for role in Role for purpose in Purpose)


def _weaker(wide: Body, narrow: Body, asker: Asker) -> bool:
    """Whether a body's conditions hold wherever another's do."""
    if wide.needs <= narrow.needs:
        return True
    space = space_for((wide, narrow), asker)
    return not space.where_all(narrow.needs) & ~space.where_all(wide.needs)

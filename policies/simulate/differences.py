"""Differences: who gains and who loses by a new version of the rules. Exact: nothing is sampled.

Every question there can be is covered: each role, agency, purpose, service and field, all facts, and any labels on
the record and the person, however many at once. What no rule tells apart is weighed once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product
from operator import itemgetter
from typing import Final

from policies.compiled import fields_of
from policies.rulebook import Rulebook
from policies.simulate.changed_places import changed_places
from policies.simulate.outcomes import Outcome
from policies.simulate.places import Agencies
from policies.simulate.situations import Situation, situations
from policies.simulate.space import Space
from policies.simulate.turns import Carrying, Comparison, Pair
from policies.vocabulary import Role
from schema.fields import FieldId
from schema.purposes import Purpose
from schema.services import Service


class Direction(StrEnum):
    """What a change is to those who ask."""

    GAINS = "gains"
    LOSES = "loses"
    OWES = "owes"
    """The same is shown, with other duties."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: who asks what, with which labels there, in which situations, and what it was and becomes."""

    role: Role
    agencies: Agencies
    purposes: tuple[Purpose, ...]
    service: Service
    fields: tuple[FieldId, ...]
    carrying: Carrying
    when: tuple[Situation, ...]
    before: Outcome
    after: Outcome

    @property
    def direction(self) -> Direction:
        """Say whether those who ask gain or lose by it."""
        if self.after.level == self.before.level:
            return Direction.OWES
        return Direction.GAINS if self.after.level < self.before.level else Direction.LOSES

    @property
    def rights(self) -> frozenset[tuple[Role, Agencies, Purpose, Service, FieldId]]:
        """Give every right it changes: a role of some agencies, a purpose, a service and a field."""
        return frozenset(product((self.role,), (self.agencies,), self.purposes, (self.service,), self.fields))


@dataclass(frozen=True)
class Diff:
    """Every change from one version to another, by role, service and field."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def rights(self, direction: Direction) -> int:
        """Count the rights that change in a direction; one may gain in some situations and lose in others."""
        return len(self._rights[direction])

    @cached_property
    def _rights(self) -> Mapping[Direction, frozenset[tuple[object, ...]]]:
        found: dict[Direction, set[tuple[object, ...]]] = {direction: set() for direction in Direction}
        for change in self.changes:
            found[change.direction] |= change.rights
        return {direction: frozenset(rights) for direction, rights in found.items()}


_PURPOSES: Final = {purpose: place for place, purpose in enumerate(Purpose)}


def diff(before: Rulebook, after: Rulebook) -> Diff:
    """Say what every question's answer gains or loses from one version to the other."""
    asked: dict[tuple[Role, Service, str, _Told], tuple[Agencies, list[Purpose]]] = {}
    telling = _Telling()
    for comparison, pair, places in changed_places(before, after):
        for told in telling.of(comparison, pair):
            for role, agencies, purpose, service in places:
                asked.setdefault((role, service, agencies.one, told), (agencies, []))[1].append(purpose)
    rank = {told: place for place, told in enumerate(sorted({key[-1] for key in asked}, key=_Told.order))}
    found: list[tuple[tuple[object, ...], Change]] = []
    for (role, service, one, told), (agencies, each) in asked.items():
        purposes = tuple(sorted(each, key=_PURPOSES.__getitem__))
        found.append(((role, service, one, rank[told], purposes), told.change(role, agencies, purposes, service)))
    return Diff(before.version, after.version, tuple(change for _, change in sorted(found, key=itemgetter(0))))


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What changes somewhere, told in words: one object for the same words, wherever it changes."""

    fields: tuple[FieldId, ...]
    carrying: Carrying
    when: tuple[Situation, ...]
    before: Outcome
    after: Outcome

    def change(self, role: Role, agencies: Agencies, purposes: tuple[Purpose, ...], service: Service) -> Change:
        """Give the change at a place."""
        where = (role, agencies, purposes, service)
        return Change(*where, self.fields, self.carrying, self.when, self.before, self.after)

    def order(self) -> tuple[object, ...]:
        """Give what it is sorted by."""
        return self.fields, [sorted(labels) for labels in self.carrying], str(self.when)


class _Telling:
    """Tells what changes in words; the same is told at many places, and worked out once."""

    def __init__(self) -> None:
        self._turned: dict[tuple[Space, int, int, Carrying, Outcome, Outcome], _Told] = {}
        self._told: dict[tuple[object, ...], _Told] = {}

    def of(self, comparison: Comparison, pair: Pair) -> list[_Told]:
        """Give everything that changes between two versions' rules."""
        alike: dict[tuple[int, Carrying, Outcome, Outcome], int] = {}
        for turn in comparison.turns(pair):
            key = (turn.where, turn.carrying, turn.before, turn.after)
            alike[key] = alike.get(key, 0) | turn.fields
        return [self._one(comparison.space, fields, *key) for key, fields in alike.items()]

    def _one(self, space: Space, fields: int, where: int, carrying: Carrying, before: Outcome, after: Outcome) -> _Told:
        key = (space, fields, where, carrying, before, after)
        if key not in self._turned:
            words = (tuple(sorted(fields_of(fields))), carrying, situations(space, where), before, after)
            self._turned[key] = self._told.setdefault(words, _Told(*words))
        return self._turned[key]

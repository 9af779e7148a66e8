"""Differences: who gains and who loses by a new version of the rules. Exact: nothing is sampled.

Every question there can be is covered: each role, agency, purpose, service and field, all facts, and any labels on
the record and the person, however many at once. What no rule tells apart is weighed once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product

from policies.compiled import fields_of
from policies.rulebook import Rulebook
from policies.simulate.bodies import Body
from policies.simulate.columns import Carried, Weighed, kinds_of, parts_of, space_for, together
from policies.simulate.contexts import turned
from policies.simulate.outcomes import Outcome
from policies.simulate.places import Agencies, Place, Rules
from policies.simulate.situations import Situation, situations
from policies.simulate.space import Space
from policies.vocabulary import Role
from schema.fields import FieldId
from schema.purposes import Purpose
from schema.services import Service

Carrying = tuple[frozenset[Carried], ...]
"""Labels that must be there: one of each set."""


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


def diff(before: Rulebook, after: Rulebook) -> Diff:
    """Say what every question's answer gains or loses from one version to the other."""
    rules = Rules((before, after))
    alike: dict[tuple[Space, tuple[frozenset[Body], ...]], list[Place]] = {}
    for place, groups in rules.places(changed=True):
        bodies = tuple(rules.bodies(of_version) for of_version in groups)
        if bodies[0] != bodies[1]:
            space = space_for(bodies[0] | bodies[1], place.asker)
            alike.setdefault((space, bodies), []).append(place)
    changes = (change for (space, bodies), places in alike.items() for change in _changes(space, bodies, places))
    return Diff(before.version, after.version, tuple(sorted(changes, key=_order)))


@dataclass(frozen=True, slots=True)
class Turn:
    """Fields that change alike at a place: with which labels there, in which situations, from what to what."""

    fields: int
    carrying: Carrying
    where: int
    before: Outcome
    after: Outcome


def turns(versions: Sequence[Weighed], within: int) -> Iterator[Turn]:
    """Give every change between two versions' rules at a place, within some situations."""
    space = versions[0].space
    for kind in kinds_of(frozenset(cover for version in versions for cover in version.covers)):
        columns = [version.column(kind) for version in versions]
        if columns[0] != columns[1]:
            found: dict[tuple[frozenset[Carried], Outcome, Outcome], int] = {}
            for part in parts_of(together(columns), space):
                if part.where & within:
                    for marks, before, after in turned(part.base, frozenset(part.carried)):
                        for labels in product(*(part.carried[mark] for mark in marks)):
                            key = (frozenset(labels), before, after)
                            found[key] = found.get(key, 0) | part.where
            yield from _merged(kind.fields, found)


def _merged(fields: int, found: Mapping[tuple[frozenset[Carried], Outcome, Outcome], int]) -> Iterator[Turn]:
    """Tell labels that do the same in the same situations as one."""
    single: dict[tuple[int, Outcome, Outcome], frozenset[Carried]] = {}
    for (labels, before, after), where in found.items():
        if len(labels) == 1:
            single[where, before, after] = single.get((where, before, after), frozenset()) | labels
        else:
            yield Turn(fields, tuple(frozenset({label}) for label in sorted(labels)), where, before, after)
    for (where, before, after), labels in single.items():
        yield Turn(fields, (labels,), where, before, after)


def _changes(space: Space, bodies: tuple[frozenset[Body], ...], places: list[Place]) -> Iterator[Change]:
    alike: dict[tuple[Carrying, int, Outcome, Outcome], int] = {}
    for turn in turns([Weighed(of_version, space) for of_version in bodies], space.everywhere):
        key = (turn.carrying, turn.where, turn.before, turn.after)
        alike[key] = alike.get(key, 0) | turn.fields
    asked: dict[tuple[Role, Agencies, Service], list[Purpose]] = {}
    for role, agencies, purpose, service in places:
        asked.setdefault((role, agencies, service), []).append(purpose)
    for (carrying, where, before, after), bits in alike.items():
        fields, when = tuple(sorted(fields_of(bits))), situations(space, where)
        for (role, agencies, service), purposes in asked.items():
            yield Change(role, agencies, tuple(purposes), service, fields, carrying, when, before, after)


def _order(change: Change) -> tuple[object, ...]:
    carrying = [sorted(labels) for labels in change.carrying]
    return change.role, change.service, change.agencies.one, change.fields, carrying, change.purposes, str(change.when)

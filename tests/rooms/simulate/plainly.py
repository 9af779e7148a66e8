"""Comparing two versions at a place with nothing left out: every rule, every kind of field and every situation."""

from collections.abc import Iterable
from itertools import product

from policies.compiled import bits_of
from policies.simulate.bodies import Body
from policies.simulate.columns import Carried, parts_of, space_for
from policies.simulate.contexts import turned
from policies.simulate.differences import Change
from policies.simulate.outcomes import Outcome
from policies.simulate.places import Place
from policies.simulate.situations import Situation
from policies.simulate.space import Space, union
from policies.simulate.weighed import Weighed

Key = tuple[frozenset[Carried], Outcome, Outcome, int]
"""Labels that must be there, what it was, what it becomes, and in which situations."""


def compared(space: Space, before: frozenset[Body], after: frozenset[Body]) -> dict[Key, int]:
    """Give everything that changes at a place, each with the fields of which it is so."""
    weighed = Weighed(space, space.everywhere, versions=2)
    rules = weighed.every(before, 0) | weighed.every(after, 1)
    found: dict[Key, int] = {}
    for kind in weighed.kinds(rules):
        where: dict[tuple[frozenset[Carried], Outcome, Outcome], int] = {}
        for part in parts_of(weighed.column(rules, kind), space.everywhere):
            for marks, was, becomes in turned(part.base, frozenset(part.carried)):
                for labels in product(*(part.carried[mark] for mark in marks)):
                    key = (frozenset(labels), was, becomes)
                    where[key] = where.get(key, 0) | part.where
        for key, there in where.items():
            found[*key, there] = found.get((*key, there), 0) | kind.fields
    return found


def listed(space: Space, place: Place, changes: Iterable[Change]) -> dict[Key, int]:
    """Give what a diff lists of a place, in the same form."""
    found: dict[Key, int] = {}
    for change in changes:
        if (change.role, change.agencies, change.service) == (place.role, place.agencies, place.service):
            for labels in product(*change.carrying) if place.purpose in change.purposes else ():
                there = union(_bits(space, situation) for situation in change.when)
                key = (frozenset(labels), change.before, change.after, there)
                found[key] = found.get(key, 0) | bits_of(frozenset(change.fields))
    return found


def _bits(space: Space, situation: Situation) -> int:
    found = space.everywhere
    for fact, words in situation.facts:
        groups = enumerate(space.groups[fact])
        found &= union(space.at[fact][n] for n, group in groups if group[0] in words)
    return found


def space_of_all(before: frozenset[Body], after: frozenset[Body], place: Place) -> Space:
    """Give every situation that any rule there tells apart."""
    return space_for(before | after, place.asker)

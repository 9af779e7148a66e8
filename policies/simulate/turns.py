"""Turns: what changes between two versions' rules: which fields, with which labels, where, from what to what.

Only what can change is weighed: the situations in which a changed rule applies, and the kinds of field on which one
bears. Outside them the same rules apply in both versions, and the same rules come to the same outcome.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from policies.simulate.bodies import Body
from policies.simulate.columns import Carried, Column, parts_of
from policies.simulate.contexts import turned
from policies.simulate.outcomes import Outcome
from policies.simulate.space import Space, union
from policies.simulate.weighed import Weighed

Carrying = tuple[frozenset[Carried], ...]
"""Labels that must be there: one of each set."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Fields that change alike at a place: with which labels there, in which situations, from what to what."""

    fields: int
    carrying: Carrying
    where: int
    before: Outcome
    after: Outcome


class Pair(NamedTuple):
    """Two versions' rules at a place, and those of them that are in one version only; as ``Weighed`` numbers them."""

    rules: int
    changed: int


_Found = tuple[tuple[Carrying, int, Outcome, Outcome], ...]


class Comparison:
    """Compares two versions at places whose rules tell the same situations apart, within some of these.

    The situations given must be all in which a rule applies that is in one version only.
    """

    def __init__(self, space: Space, within: int) -> None:
        self.space = space
        self._weighed = Weighed(space, within, versions=2)
        self._found: dict[int, tuple[Column, _Found]] = {}

    def pair(self, before: frozenset[Body], after: frozenset[Body]) -> Pair:
        """Give two versions' rules at a place, ready to be compared."""
        bits = self._weighed.bits
        return Pair(bits(before, 0) | bits(after, 1), bits(before - after, 0) | bits(after - before, 1))

    def turns(self, pair: Pair) -> Iterator[Turn]:
        """Give every change between two versions' rules at a place."""
        for kind in self._weighed.kinds(pair.rules):
            # Where no changed rule bears on the fields or on the gate before them, both columns are the same.
            if any(self._weighed.touching(pair.changed, kind)):
                for found in self._of(self._weighed.column(pair.rules, kind)):
                    yield Turn(kind.fields, *found)

    def _of(self, column: Column) -> _Found:
        if id(column) not in self._found:
            # The column is kept beside what was found of it, so that no other can come to have its identity.
            self._found[id(column)] = column, tuple(_merged(_turned(column, self._weighed.within)))
        return self._found[id(column)][1]


def compared(space: Space, before: frozenset[Body], after: frozenset[Body]) -> Iterator[Turn]:
    """Give every change between two versions' rules at one place."""
    comparison = Comparison(space, where_changed(space, before, after))
    return comparison.turns(comparison.pair(before, after))


def where_changed(space: Space, before: frozenset[Body], after: frozenset[Body]) -> int:
    """Give the situations in which a rule applies that is in one version only."""
    return union(space.where_all(body.needs) for body in before ^ after)


def _turned(column: Column, within: int) -> Mapping[tuple[frozenset[Carried], Outcome, Outcome], int]:
    found: dict[tuple[frozenset[Carried], Outcome, Outcome], int] = {}
    for part in parts_of(column, within) if within else ():
        for marks, before, after in turned(part.base, frozenset(part.carried)):
            for labels in product(*(part.carried[mark] for mark in marks)):
                key = (frozenset(labels), before, after)
                found[key] = found.get(key, 0) | part.where
    return found


def _merged(
    found: Mapping[tuple[frozenset[Carried], Outcome, Outcome], int],
) -> Iterator[tuple[Carrying, int, Outcome, Outcome]]:
    """Tell labels that do the same in the same situations as one."""
    single: dict[tuple[int, Outcome, Outcome], frozenset[Carried]] = {}
    for (labels, before, after), where in found.items():
        if len(labels) == 1:
            single[where, before, after] = single.get((where, before, after), frozenset()) | labels
        else:
            yield tuple(frozenset({label}) for label in sorted(labels)), where, before, after
    for (where, before, after), labels in single.items():
        yield (labels,), where, before, after

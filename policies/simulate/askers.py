"""Askers alike: those of whom some conditions read the same, so that each condition holds in the same situations."""

from collections.abc import Iterable
from typing import Final

from policies.conditions import CONDITIONS
from policies.facts import Asker
from policies.simulate.exploring import FLAGS, read_of, truth_of
from policies.simulate.space import space_of

Alike = tuple[object, ...]


class Askers:
    """Tells askers apart by what some conditions read of them, found by asking the conditions."""

    def __init__(self, conditions: Iterable[str]) -> None:
        self._conditions = frozenset(conditions)
        self._read: tuple[str, ...] = ()
        self._seen: set[Alike] = set()
        self._together: Final[dict[tuple[Alike, frozenset[str]], bool]] = {}
        self._flagged: Final[dict[Alike, frozenset[str]]] = {}

    def alike(self, asker: Asker) -> Alike:
        """Give the words of an asker on which the conditions hang; those with the same are alike.

        An asker is only taken to be like one seen before if they are the same in everything that was read of it.
        """
        alike = tuple(getattr(asker, name) for name in self._read)
        if alike not in self._seen:
            read = {name for condition in self._conditions for name in read_of(CONDITIONS[condition], asker)}
            self._read = tuple(sorted({*self._read, *read}))
            alike = tuple(getattr(asker, name) for name in self._read)
            self._seen.add(alike)
        return alike

    def together(self, asker: Asker, conditions: frozenset[str]) -> bool:
        """Whether some conditions can all hold of one question of an asker."""
        key = (self.alike(asker), conditions)
        if key not in self._together:
            self._together[key] = bool(space_of(conditions, asker).where_all(conditions))
        return self._together[key]

    def of_flags(self, asker: Asker) -> frozenset[str]:
        """Give the conditions that read a flag of the person, for an asker."""
        alike = self.alike(asker)
        if alike not in self._flagged:
            self._flagged[alike] = frozenset(
                name
                for name in self._conditions
                if any(fact.name == FLAGS for fact in truth_of(CONDITIONS[name], asker).reads)
            )
        return self._flagged[alike]

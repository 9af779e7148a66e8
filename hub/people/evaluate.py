"""Evaluating: how well links keep to a known truth, counted in pairs of entries, as linkage studies count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

Truth = Mapping[str, Mapping[str, Iterable[str]]]
"""A person, and for each source the local ids that are truly theirs."""

LinkKey = tuple[str, str]
"""A source's id and its own id for a person."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairs rightly joined, wrongly joined and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Give the share of joined pairs that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Give the share of true pairs that are joined."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def evaluate(truth: Truth, links: Mapping[LinkKey, str]) -> Quality:
    """Compare the index's persons, by entry, with the truth; entries it does not hold count as missed."""
    true = _pairs(((source, i) for source, ids in sources.items() for i in ids) for sources in truth.values())
    persons: dict[str, list[LinkKey]] = {}
    for entry, person in links.items():
        persons.setdefault(person, []).append(entry)
    joined = _pairs(persons.values())
    return Quality(len(true & joined), len(joined - true), len(true - joined))


def _pairs(groups: Iterable[Iterable[LinkKey]]) -> set[tuple[LinkKey, LinkKey]]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}

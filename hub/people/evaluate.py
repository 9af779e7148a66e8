"""Evaluating: how well links keep to a known truth, counted in pairs of entries, as linkage studies count."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TypeVar

Truth = Mapping[str, Mapping[str, Iterable[str]]]
"""A person, and for each source the local ids that are truly theirs."""

LinkKey = tuple[str, str]
"""A source's id and its own id for a person."""

BANDS = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
"""Between which probabilities calibration is told."""

E = TypeVar("E", str, LinkKey)


@dataclass(frozen=True, slots=True)
class Quality:
    """What was rightly joined, wrongly joined and missed: pairs of entries, or whole persons."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Give the share of what was joined that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Give the share of what is true that was joined."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs whose probability lay between two: how many, what was said of them, and how many were one person's."""

    low: float
    high: float
    pairs: int
    said: float
    true: int


def evaluate(truth: Truth, links: Mapping[LinkKey, str]) -> Quality:
    """Compare the index's persons, by entry, with the truth; entries it does not hold count as missed."""
    return of_pairs(pairs_of(groups_of_truth(truth)), pairs_of(groups_of_links(links)))


def evaluate_clusters(truth: Truth, links: Mapping[LinkKey, str]) -> Quality:
    """Count persons that are whole and nobody else's, as cluster precision and recall do."""
    return of_clusters(groups_of_truth(truth), groups_of_links(links))


def groups_of_truth(truth: Truth) -> list[frozenset[LinkKey]]:
    """Give every person's entries."""
    return [frozenset((source, i) for source, ids in of.items() for i in ids) for of in truth.values()]


def groups_of_links(links: Mapping[LinkKey, str]) -> list[frozenset[LinkKey]]:
    """Give the entries of every person of the index."""
    persons: dict[str, set[LinkKey]] = {}
    for entry, person in links.items():
        persons.setdefault(person, set()).add(entry)
    return [frozenset(entries) for entries in persons.values()]


def pairs_of(groups: Iterable[Iterable[E]]) -> set[tuple[E, E]]:
    """Give every pair of entries that are one person's."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def of_pairs(true: Collection[tuple[E, E]], joined: Collection[tuple[E, E]]) -> Quality:
    """Count pairs."""
    truly, said = {*true}, {*joined}
    return Quality(len(truly & said), len(said - truly), len(truly - said))


def of_clusters(true: Iterable[frozenset[E]], joined: Iterable[frozenset[E]]) -> Quality:
    """Count persons: right where exactly their entries were joined."""
    truly, said = {*true}, {*joined}
    return Quality(len(truly & said), len(said - truly), len(truly - said))


def calibration(told: Iterable[tuple[float, bool]]) -> tuple[Band, ...]:
    """Set what was said of pairs beside what they are."""
    pairs = sorted(told)
    found = []
    for low, high in pairwise(BANDS):
        here = [(p, true) for p, true in pairs if low <= p < high or (p == high == BANDS[-1])]
        said = sum(p for p, _ in here) / len(here) if here else 0.0
        found.append(Band(low, high, len(here), said, sum(true for _, true in here)))
    return tuple(found)

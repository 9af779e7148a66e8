"""A space: every situation that some conditions can tell apart, each one a bit, so that all are weighed at once.

Words of a fact that no condition tells apart are one; facts that none reads are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from typing import Final

from policies.conditions import CONDITIONS
from policies.facts import Asker
from policies.simulate.exploring import FLAGS, Fact, Truth, Word, truth_of, words_of
from schema.labels import Label

MOST: Final = 1 << 22
"""More situations than this are not laid out: at most thirteen flags and every fact of today's make fewer for any
rulebook that names some of the flags, and a rulebook that names them all is refused rather than guessed at."""


_KEPT: Final = 8192


class TooManySituations(ValueError):
    """The rules tell more situations apart than can be gone through one by one."""


class Space:
    """Every situation some conditions tell apart. A set of situations is an integer: one bit a situation."""

    def __init__(self, truths: Mapping[str, Truth]) -> None:
        self._truths, self._where = truths, dict[str, int]()
        facts = tuple(sorted({fact for truth in truths.values() for fact in truth.reads}, key=_order))
        self.groups: dict[Fact, tuple[tuple[Word, ...], ...]] = {fact: self._told_apart(fact) for fact in facts}
        self.facts = tuple(fact for fact in facts if len(self.groups[fact]) > 1)
        self.size = prod(len(self.groups[fact]) for fact in self.facts)
        if self.size > MOST:
            raise TooManySituations(f"the rules tell {self.size:,} situations apart; at most {MOST:,} can be compared")
        self.everywhere = (1 << self.size) - 1

    def _told_apart(self, fact: Fact) -> tuple[tuple[Word, ...], ...]:
        truths = [truth for truth in self._truths.values() if fact in truth.reads]
        alike: dict[tuple[frozenset[tuple[Word, ...]], ...], list[Word]] = {}
        for word in words_of(fact):
            alike.setdefault(tuple(_slice(truth, fact, word) for truth in truths), []).append(word)
        return tuple(tuple(words) for words in alike.values())

    @cached_property
    def at(self) -> dict[Fact, tuple[int, ...]]:
        """Give, for each fact and each group of its words, the situations where it is one of them."""
        found, period = {}, self.size
        for fact in self.facts:
            groups = len(self.groups[fact])
            stride = period // groups
            repeats = self.everywhere // ((1 << period) - 1)
            found[fact] = tuple(repeats * (((1 << stride) - 1) << (place * stride)) for place in range(groups))
            period = stride
        return found

    def where(self, condition: str) -> int:
        """Give the situations where a condition holds."""
        if condition not in self._where:
            truth = self._truths[condition]
            chosen = product(*(range(len(self.groups[fact])) for fact in truth.reads))
            self._where[condition] = union(self._of(truth, places) for places in chosen)
        return self._where[condition]

    def _of(self, truth: Truth, places: tuple[int, ...]) -> int:
        """Give the situations where each fact is of the group in its place, if the condition holds there."""
        found, chosen = self.everywhere, list(zip(truth.reads, places, strict=True))
        if tuple(self.groups[fact][place][0] for fact, place in chosen) not in truth.holds:
            return 0
        for fact, place in chosen:
            found &= self.at[fact][place] if fact in self.at else found
        return found

    def where_all(self, conditions: Iterable[str]) -> int:
        """Give the situations where all of some conditions hold."""
        found = self.everywhere
        for condition in conditions:
            found &= self.where(condition)
        return found

    def flagged(self, label: Label) -> int | None:
        """Give the situations where the person has a flag; none where no condition asks for it."""
        fact = Fact(FLAGS, label)
        return self.at[fact][self.groups[fact].index((True,))] if fact in self.at else None


def union(sets: Iterable[int]) -> int:
    """Give the situations of any of some sets."""
    found = 0
    for one in sets:
        found |= one
    return found


def places_of(bits: int) -> Iterator[int]:
    """Give the places of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _order(fact: Fact) -> tuple[str, str]:
    return fact.name, fact.flag or ""


def _slice(truth: Truth, fact: Fact, word: Word) -> frozenset[tuple[Word, ...]]:
    place = truth.reads.index(fact)
    return frozenset((*words[:place], *words[place + 1 :]) for words in truth.holds if words[place] is word)


_SPACES: Final[dict[frozenset[tuple[str, int]], Space]] = {}


@lru_cache(maxsize=4096)
def _truths(asker: Asker) -> dict[str, Truth]:
    """Give what is known of conditions for an asker: filled as they are asked for."""
    del asker
    return {}


def space_of(conditions: Iterable[str], asker: Asker) -> Space:
    """Give the space that some conditions make for an asker; the same one for askers they treat alike."""
    known, truths = _truths(asker), dict[str, Truth]()
    for name in conditions:
        truths[name] = known.get(name) or known.setdefault(name, truth_of(CONDITIONS[name], asker))
    # A truth is kept for good, so its identity says which it is.
    key = frozenset((name, id(truth)) for name, truth in truths.items())
    if key not in _SPACES:
        if len(_SPACES) >= _KEPT:
            _SPACES.clear()
        _SPACES[key] = Space(truths)
    return _SPACES[key]

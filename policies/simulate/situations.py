"""Situations: a set of them told with as few facts as will do, each as the words it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from policies.facts import Facts
from policies.simulate.exploring import FLAGS, WORDS, Fact, Word
from policies.simulate.space import Space, union

_YES: Final = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Situation:
    """Facts that must hold: each a fact and the words of which it must be one. Facts not named do not matter."""

    facts: tuple[tuple[Fact, tuple[Word, ...]], ...] = ()

    def __str__(self) -> str:
        return (
            "; ".join(f"{_name(fact)}: {' or '.join(map(_spelled, words))}" for fact, words in self.facts) or "always"
        )

    def holds(self, facts: Facts) -> bool:
        """Whether facts are of this situation."""
        return all(_said(facts, fact) in words for fact, words in self.facts)

    @property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Give it as text: facts by name, each with its words."""
        return {_name(fact): tuple(map(_spelled, words)) for fact, words in self.facts}

    @property
    def one(self) -> Facts:
        """Give facts of this situation, to ask with."""
        chosen = {fact: words[0] for fact, words in self.facts}
        told: dict[str, Any] = {name: chosen.get(Fact(name), words[0]) for name, words in WORDS.items()}
        flags = frozenset(fact.flag for fact, there in chosen.items() if fact.flag is not None and there)
        return Facts(**told, flags=flags)


def _said(facts: Facts, fact: Fact) -> Word:
    word: Word = fact.flag in facts.flags if fact.flag is not None else getattr(facts, fact.name)
    return word


def _name(fact: Fact) -> str:
    return f"person flagged {fact.flag.value}" if fact.flag is not None else fact.name


def _spelled(word: Word) -> str:
    return _YES[word] if isinstance(word, bool) else str(word.value)


@lru_cache(maxsize=16_384)
def situations(space: Space, where: int) -> tuple[Situation, ...]:
    """Tell a set of situations: each one told holds nowhere else, and together they are all of it."""
    told: list[tuple[int, Situation]] = []
    left = where
    while left:
        bits, chosen = _widest(space, where, left & -left)
        told.append((bits, Situation(tuple((fact, _words(space, fact, places)) for fact, places in chosen.items()))))
        left &= ~bits
    return tuple(situation for _, situation in _needed(told))


def _needed(told: list[tuple[int, Situation]]) -> list[tuple[int, Situation]]:
    """Leave out what the others say already."""
    for one in sorted(told, key=lambda one: one[0].bit_count()):
        others = [other for other in told if other is not one]
        if not one[0] & ~union(bits for bits, _ in others):
            told = others
    return told


def _widest(space: Space, where: int, one: int) -> tuple[int, dict[Fact, list[int]]]:
    """Widen one situation as far as its set goes, leaving facts out in this order and that; give the widest."""
    orders = [space.facts[n:] + space.facts[:n] for n in range(len(space.facts))] or [()]
    widened = (_widened(space, where, one, order) for order in orders)
    return max(((_bits(space, chosen), chosen) for chosen in widened), key=lambda found: found[0].bit_count())


def _widened(space: Space, where: int, one: int, order: tuple[Fact, ...]) -> dict[Fact, list[int]]:
    """Widen one situation: first leave out facts, then let those left be other words too."""
    chosen = {fact: [n for n, bits in enumerate(space.at[fact]) if bits & one] for fact in space.facts}
    for fact in order:
        rest = {other: places for other, places in chosen.items() if other != fact}
        if not _bits(space, rest) & ~where:
            chosen = rest
    for fact in chosen:
        for place in range(len(space.at[fact])):
            wider = {**chosen, fact: sorted({*chosen[fact], place})}
            if not _bits(space, wider) & ~where:
                chosen = wider
    return chosen


def _bits(space: Space, chosen: Mapping[Fact, list[int]]) -> int:
    found = space.everywhere
    for fact, places in chosen.items():
        found &= sum(space.at[fact][place] for place in places)
    return found


def _words(space: Space, fact: Fact, places: list[int]) -> tuple[Word, ...]:
    return tuple(word for place in places for word in space.groups[fact][place])


assert {f.name for f in fields(Facts)} == {*WORDS, FLAGS}  # noqa: S101 -- a fact of another shape must be thought of here

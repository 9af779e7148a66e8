"""Exploring: on which facts a condition hangs, and for which of them it holds. Found by asking it, not by being told.

A condition is a Python function; it is asked with facts that do not exist yet, and each time it reads one, every
word of that fact's closed list is tried. So a new fact or condition needs nothing here, and nothing is left out.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from enum import Enum
from itertools import product
from typing import Final, NamedTuple, cast, get_type_hints

from policies.conditions import Condition
from policies.facts import Asker, Facts
from schema.labels import Label

Word = Enum | bool
"""One word of a fact: a member of its closed list, or yes and no."""


class Fact(NamedTuple):
    """One thing that may be true of a question: a field of ``Facts``, or whether the person has one flag."""

    name: str
    flag: Label | None = None


FLAGS: Final = "flags"
_TYPES: Final = get_type_hints(Facts)
WORDS: Final[Mapping[str, tuple[Word, ...]]] = {
    f.name: (False, True) if _TYPES[f.name] is bool else tuple(_TYPES[f.name]) for f in fields(Facts) if f.name != FLAGS
}
"""Every word of every fact but the flags."""


def words_of(fact: Fact) -> tuple[Word, ...]:
    """Give the words a fact may be."""
    return WORDS[fact.name] if fact.flag is None else (False, True)


@dataclass(frozen=True, slots=True)
class Truth:
    """When a condition holds: the facts it hangs on, and the words of them, in their order, for which it does."""

    reads: tuple[Fact, ...]
    holds: frozenset[tuple[Word, ...]]


class _NotYetSaid(Exception):
    """A condition read a fact that was not chosen yet."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        super().__init__(fact.name)


class _Flags(AbstractSet[Label]):
    """The person's flags, each chosen when it is asked for."""

    def __init__(self, chosen: Mapping[Fact, Word]) -> None:
        self._chosen = chosen

    def __contains__(self, label: object) -> bool:
        return isinstance(label, Label) and bool(_said(self._chosen, Fact(FLAGS, label)))

    def __iter__(self) -> Iterator[Label]:
        return (label for label in Label if label in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Facts:
    """Facts of which each is chosen when it is read."""

    def __init__(self, chosen: Mapping[Fact, Word]) -> None:
        self._chosen = chosen

    def __getattr__(self, name: str) -> object:
        return _Flags(self._chosen) if name == FLAGS else _said(self._chosen, Fact(name))


class _Asker:
    """An asker that remembers what was read of it."""

    def __init__(self, asker: Asker) -> None:
        self._asker, self.read = asker, dict[str, object]()

    def __getattr__(self, name: str) -> object:
        return self.read.setdefault(name, getattr(self._asker, name))


def _said(chosen: Mapping[Fact, Word], fact: Fact) -> Word:
    if fact not in chosen:
        raise _NotYetSaid(fact)
    return chosen[fact]


def _leaves(condition: Condition, asker: Asker, chosen: dict[Fact, Word]) -> Iterator[tuple[dict[Fact, Word], bool]]:
    try:
        yield chosen, condition.holds(asker, cast("Facts", _Facts(chosen)))
    except _NotYetSaid as unsaid:
        for word in words_of(unsaid.fact):
            yield from _leaves(condition, asker, {**chosen, unsaid.fact: word})


_KNOWN: Final[dict[Condition, list[tuple[Mapping[str, object], Truth]]]] = {}


def truth_of(condition: Condition, asker: Asker) -> Truth:
    """Say when a condition holds of this asker's questions; kept for every asker alike in what the condition reads."""
    return _explored(condition, asker)[1]


def read_of(condition: Condition, asker: Asker) -> Mapping[str, object]:
    """Give what a condition reads of an asker: of all who are alike in it, it holds in the same situations."""
    return _explored(condition, asker)[0]


def _explored(condition: Condition, asker: Asker) -> tuple[Mapping[str, object], Truth]:
    known = _KNOWN.setdefault(condition, [])
    for explored in known:
        if all(getattr(asker, name) == value for name, value in explored[0].items()):
            return explored
    watched = _Asker(asker)
    found = _truth(list(_leaves(condition, cast("Asker", watched), {})))
    known.append((watched.read, found))
    return known[-1]


def _truth(leaves: list[tuple[dict[Fact, Word], bool]]) -> Truth:
    reads = tuple(dict.fromkeys(fact for chosen, _ in leaves for fact in chosen))
    holds = (
        words
        for chosen, true in leaves
        if true
        for words in product(*((chosen[fact],) if fact in chosen else words_of(fact) for fact in reads))
    )
    return Truth(reads, frozenset(holds))

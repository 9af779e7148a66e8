"""Contexts: which labels, carried together, bring an outcome about. Only the fewest that do are given.

Labels are told apart by their marks alone. One that adds nothing to others is left out with whatever follows from it:
without it the outcome is the same.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from policies.simulate.outcomes import WIDTH, Outcome, outcome_of

_ONE: Final = (1 << WIDTH) - 1


class Turned(NamedTuple):
    """The marks of the labels that must be carried, and what the field was and is then."""

    marks: frozenset[int]
    before: Outcome
    after: Outcome


@lru_cache(maxsize=65_536)
def turned(base: int, marks: frozenset[int]) -> tuple[Turned, ...]:
    """Give every difference between two versions' marks, with the fewest labels that show it."""
    found: list[Turned] = []
    for chosen, mark in _without_surplus(base, sorted(marks)):
        before, after = outcome_of(mark & _ONE), outcome_of(mark >> WIDTH)
        if before != after and not any(t.marks <= chosen and t[1:] == (before, after) for t in found):
            found.append(Turned(chosen, before, after))
    return tuple(found)


def _without_surplus(base: int, marks: list[int]) -> Iterator[tuple[frozenset[int], int]]:
    """Give every set of marks of which none is surplus, smaller sets first, with what they come to."""
    sets = [(frozenset[int](), base)]
    while sets:
        yield from sets
        larger: dict[frozenset[int], int] = {}
        for chosen, mark in sets:
            for one in marks:
                if one | mark != mark:
                    larger[chosen | {one}] = mark | one
        sets = [(chosen, mark) for chosen, mark in larger.items() if not _surplus(base, chosen, mark)]


def _surplus(base: int, chosen: frozenset[int], mark: int) -> bool:
    for left_out in chosen:
        rest = base
        for one in chosen - {left_out}:
            rest |= one
        if rest == mark:
            return True
    return False

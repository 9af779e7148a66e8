"""Equivalent names: short forms, spellings and the same name in another language, as data anyone may add to.

Sound alone fails for Welsh, Irish, Arabic and Slavic names written by English ears, so they are listed, given and
family names in one table. A name may belong to several groups: Sam is Samuel and Samantha, but Samuel is not Samantha.

A place adds groups of its own by a file: one group a line, names parted by commas, ``#`` before a remark.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from hub.people.normalise import name_words
from hub.people.weights import WrongMatching

MANY = frozenset({"muhammad"})
"""Roots so common as a first name that only the names after it tell two children apart."""

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Equivalents:
    """Which names may stand for which: the roots of each, and what a place's own groups put beside it."""

    roots: Mapping[str, frozenset[str]]
    added: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def plus(self, groups: Iterable[Iterable[str]]) -> "Equivalents":
        """Give these and some more groups, the first of each its root."""
        roots, added = dict(self.roots), dict(self.added)
        for group in map(tuple, groups):
            for name in group:
                roots[name] = roots.get(name, _NONE) | {group[0]}
                added[name] = added.get(name, _NONE) | {*group}
        return Equivalents(MappingProxyType(roots), MappingProxyType(added))


@cache
def shipped() -> Equivalents:
    """Give the groups the hub ships with."""
    groups: list[list[str]] = json.loads(files("hub.people").joinpath("equivalents.json").read_text("utf-8"))
    return Equivalents(Equivalents({}).plus(groups).roots)


def read_equivalents(path: Path) -> Equivalents:
    """Read a place's own groups beside the shipped ones; WrongMatching names a line that cannot be used."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise WrongMatching(f"{path} cannot be read as text") from None
    return shipped().plus(group for number, line in enumerate(lines, 1) if (group := _group(path, number, line)))


def _group(path: Path, number: int, line: str) -> tuple[str, ...]:
    names = [part.strip() for part in re.split(r"[,;]", line.partition("#")[0]) if part.strip()]
    words = [name_words(name) for name in names]
    if any(len(each) != 1 for each in words):
        raise WrongMatching(f"{path}, line {number}: each name is one word of letters; commas part them")
    if len(words) == 1:
        raise WrongMatching(f"{path}, line {number}: a group needs two names or more")
    return tuple(each[0] for each in words)


class _InUse:
    """The groups this process compares by: set once, when it starts."""

    names = shipped()


def use(equivalents: Equivalents) -> None:
    """Compare by these from now on; for whoever joins the rooms, before anything is compared."""
    _InUse.names = equivalents


def roots(word: str) -> frozenset[str]:
    """Give the roots a name may stand for; itself where it is in no group."""
    return _InUse.names.roots.get(word) or frozenset({word})


def beside(word: str) -> frozenset[str]:
    """Give the names a place's own groups put beside one: by them is found what was indexed before the groups were."""
    return _InUse.names.added.get(word, _NONE)


def equivalent(one: str, other: str) -> bool:
    """Say whether two names can be forms of one name."""
    return not roots(one).isdisjoint(roots(other))

"""Faults as data: what somebody might break one day, in which file, and the tests that must see it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.habits.repository import ROOT
from tests.promised import promised

FOLDER: Final = Path(__file__).parent / "faults"
FAMILIES: Final = ("failing_closed", "durability", "connectors", "graphql", "extraction", "linkage", "watching", "laws")
"""The files faults are kept in, one for each family of promises; ``laws`` are those of the rules."""

MUST: Final = frozenset("FDEL")
"""The families of promises of which each must have a fault."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file, and what stands in its place."""

    file: str
    was: str
    becomes: str

    def planted(self, text: str) -> str:
        """Give the file's text with the other in its place; ValueError where there is not exactly one place for it."""
        places = text.count(self.was)
        if places != 1:
            raise ValueError(f"{self.file}: {self.was.strip()!r} is there {places} times, not once")
        return text.replace(self.was, self.becomes)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: the promise it breaks, how in plain words, where, and the tests that must see it.

    It has several pieces where one wall stands behind another: each by itself would not be seen.
    """

    promise: str
    broken: str
    pieces: tuple[Piece, ...]
    seen_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called where it is spoken of."""
        return f"{self.promise}: {self.broken}"


def read(text: str) -> Iterator[Fault]:
    """Read a file of faults; KeyError and TypeError say what one lacks or has too much."""
    for promise, faults in tomllib.loads(text).items():
        for fault in faults:
            broken, seen_by = fault.pop("broken"), tuple(fault.pop("seen_by"))
            pieces = (fault, *fault.pop("also", ()))
            yield Fault(promise, broken, tuple(Piece(**piece) for piece in pieces), seen_by)


def faults() -> tuple[Fault, ...]:
    """Give every fault there is, in the order of the promises."""
    return tuple(f for family in FAMILIES for f in read((FOLDER / f"{family}.toml").read_text("utf-8")))


def without() -> list[str]:
    """Name the tests of the promises that must have faults, of which no fault says that they see it."""
    seeing = {bare(test) for fault in faults() for test in fault.seen_by}
    text = (ROOT / "tests" / "promised.toml").read_text("utf-8")
    shown = {test: promise.code for promise in promised(text) if promise.code[0] in MUST for test in promise.shown}
    return [f"{code} {test}" for test, code in shown.items() if test not in seeing]


def bare(test: str) -> str:
    """Give a test's name without the case of it that is meant."""
    return test.partition("[")[0]

"""Blocking keys: the values, and pairs of values, by which one person's entries find each other.

Names are keyed without saying which is the family name, so that exchanged names meet; a date of birth is keyed
with day and month in order, so that exchanged ones do.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from jellyfish import metaphone

from connectors.contract import LocalId
from hub.people.equivalents import beside, roots
from hub.people.identifiers import Fault, checked
from hub.people.profile import Profile
from schema.records import IdentifierSystem


class Key(NamedTuple):
    """One blocking key before it is hashed."""

    kind: str
    value: str


IDENTIFIER = "id"
BIRTH_POSTCODE = "bp"
BIRTH_NAME = "bn"
LINKING = frozenset({IDENTIFIER, BIRTH_POSTCODE})
"""The kinds under which every pair that a release rule can join must meet."""


def keys(held: Profile) -> frozenset[Key]:
    """Give every key of a profile."""
    return frozenset(_keys(held))


def mother_key(source_id: str, mother: LocalId) -> Key:
    """Give the key under which an unborn child is found through its mother's id at one source."""
    return Key("mother", f"{source_id}|{mother}")


def case_keys(numbers: Iterable[str]) -> frozenset[Key]:
    """Give the keys under which an entry is found by its source's own number for it, as the agency's screen has it."""
    values = (checked(IdentifierSystem.CASE_NUMBER, number) for number in numbers)
    return frozenset(Key("case", value) for value in values if not isinstance(value, Fault))


def _keys(held: Profile) -> Iterator[Key]:
    names = frozenset(_forms(words[0] for words in held.givens))
    surnames = frozenset(_forms(word for words in held.surnames for word in words))
    yield from (Key(IDENTIFIER, f"{system}|{value}") for system, value in held.identifiers)
    yield from _pairs("np", names | surnames, held.postcodes)
    yield from _pairs(BIRTH_NAME, map(_birth, held.births), map(sound, names | surnames))
    yield from _pairs(BIRTH_POSTCODE, map(_birth, held.births), held.postcodes)
    yield from _years(held, names, surnames)


def _years(held: Profile, names: frozenset[str], surnames: frozenset[str]) -> Iterator[Key]:
    years = tuple(map(str, _birth_years(held)))
    couples = frozenset("|".join(sorted(pair)) for pair in product(names, surnames))
    yield from (Key("nn", couple) for couple in couples)
    yield from _pairs("ny", couples, years)
    yield from _pairs("py", held.postcodes, years)


def _birth_years(held: Profile) -> Iterable[int]:
    if held.born_between:
        return range(held.born_between[0].year, held.born_between[1].year + 1)
    return {born.year for born in held.births}


def _forms(words: Iterable[str]) -> Iterator[str]:
    """Give each name, the roots it may stand for, and what a place's own table puts beside it."""
    for word in words:
        yield word
        yield from roots(word)
        yield from beside(word)


def _pairs(kind: str, ones: Iterable[str], others: Iterable[str]) -> Iterable[Key]:
    held = tuple(others)
    return [Key(kind, f"{one}|{other}") for one in ones for other in held]


@lru_cache(maxsize=16_384)
def _birth(born: date) -> str:
    low, high = sorted((born.day, born.month))
    return f"{born.year}-{low:02}-{high:02}"


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Give how a word sounds in English; the word itself where that says nothing."""
    return str(metaphone(word)) or word

"""Facts as words and back: how a version's examples and the ledger hold what was true of a question. Pure.

Whatever is not said whole is not read at all: a question is decided again on everything it was decided on, or not.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from policies.facts import Facts
from schema.labels import Label

FLAGS: Final = "flags"
"""The name under which a ledger's entry says which flags a person bore."""

NO_FLAGS: Final = "none"
KEPT_BACK: Final = "kept-back"
"""Flags too telling to be written beside a person's pseudonym: such a decision cannot be made again from the ledger."""

PART: Final = "part"
"""Says that other fields were decided by other facts, of which the entry does not tell: it tells those of existence."""

_YES_NO: Final = {"yes": True, "no": False}
_TYPES: Final[Mapping[str, Any]] = {n: kind for n, kind in get_type_hints(Facts).items() if n != FLAGS}
NAMES: Final = tuple(f.name for f in fields(Facts) if f.name != FLAGS)


@lru_cache(maxsize=1024)
def words_of(facts: Facts) -> Mapping[str, str]:
    """Give every fact but the flags as a code by its name."""
    return MappingProxyType({name: _word(getattr(facts, name)) for name in NAMES})


def facts_of(words: Mapping[str, str], flags: frozenset[Label]) -> Facts | None:
    """Give the facts these words say, or none where one is missing or is no word of its list."""
    try:
        told: dict[str, Any] = {name: _fact(_TYPES[name], words[name]) for name in NAMES}
    except (KeyError, ValueError):
        return None
    return Facts(**told, flags=flags)


def told_in_ledger(facts: Facts, *, whole: bool) -> Mapping[str, str]:
    """Give the facts as the ledger may hold them: flags above the sensitive tier are kept back.

    ``whole`` says that all of a source was decided by these facts; where it was not, the entry says so.
    """
    return {**words_of(facts), FLAGS: _flags_word(facts.flags), **({} if whole else {PART: "yes"})}


def read_from_ledger(words: Mapping[str, str]) -> Facts | None:
    """Give the facts of a ledger's entry; none where they are not all there, or flags were kept back."""
    flags = words.get(FLAGS, KEPT_BACK)
    if flags == KEPT_BACK or not words.keys() <= {*NAMES, FLAGS}:
        return None
    try:
        return facts_of(words, frozenset() if flags == NO_FLAGS else frozenset(Label[f] for f in flags.split(".")))
    except KeyError:
        return None


@lru_cache(maxsize=256)
def _flags_word(flags: frozenset[Label]) -> str:
    if any(flag.kept_back for flag in flags):
        return KEPT_BACK
    return ".".join(sorted(flag.value for flag in flags)) or NO_FLAGS


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    assert isinstance(value, Enum)  # noqa: S101 -- every fact is a yes or no or a word of a closed list
    return str(value.value)


def _fact(kind: type[Any], word: str) -> object:
    return _YES_NO[word] if kind is bool else kind(word)

"""Canonical JSON: the one sequence of bytes that stands for an entry, so that its hash means something.

Keys sorted, no white space, UTF-8, as RFC 8785 has it for the values allowed here. Floats are refused (their text
differs between writers), as are keys outside ASCII (whose order does) and integers beyond 2**53 - 1.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, cast

import orjson

from hub.audit.errors import EntryRefused

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LARGEST = 2**53 - 1
_TEXT = frozenset({str})
_AS_IS = frozenset({str, bool, type(None)})


def canonical(value: object) -> bytes:
    """Give the canonical bytes of a value made of dataclasses, mappings, sequences, words, whole numbers and times."""
    try:
        return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise EntryRefused("text that is not valid Unicode has no canonical form") from None


def plain(value: object) -> Plain:
    """Give the value as JSON would have it; EntryRefused for anything without one canonical form."""
    kind = type(value)
    if kind is tuple or kind is list:  # first the kinds an entry is mostly made of: somebody is waiting
        return _sequence(cast("Sequence[object]", value))
    if kind in _AS_IS:
        return cast("Plain", value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, str):  # a closed list's member
        return str(value)
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, datetime):
        return instant(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _names(kind)}
    raise EntryRefused(f"a {kind.__name__} has no canonical form")


def _sequence(items: Sequence[object]) -> Plain:
    if _TEXT.issuperset(map(type, items)):
        return list(cast("Sequence[str]", items))
    return [plain(item) for item in items]


def _mapping(items: Mapping[object, object]) -> Plain:
    if not all(isinstance(key, str) and key.isascii() for key in items):
        raise EntryRefused("a key must be ASCII text")
    return {str(key): plain(item) for key, item in items.items()}


def instant(at: datetime) -> str:
    """Give a time as the ledger writes it: UTC, microseconds, ``Z``; a time without a zone is refused."""
    if at.tzinfo is None:
        raise EntryRefused("a time needs its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _whole(value: int) -> int:
    if abs(value) > LARGEST:
        raise EntryRefused("a whole number must be within 2**53 - 1")
    return value


@lru_cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cast("type[DataclassInstance]", kind)))

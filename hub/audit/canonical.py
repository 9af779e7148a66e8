"""Canonical JSON: the one sequence of bytes that stands for an entry, so that its hash means something.

Keys sorted, no white space, UTF-8, as RFC 8785 has it for the values allowed here. Floats are refused (their text
differs between writers), as are keys outside ASCII (whose order does) and integers beyond 2**53 - 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import NoneType
from typing import Any, TypeAlias, cast

import orjson

from hub.audit.errors import EntryRefused

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | orjson.Fragment | None"

KEEPS = "written"
"""The field of a dataclass that keeps its own canonical bytes: for one that stands unchanged in many entries."""

LARGEST = 2**53 - 1
_TEXT = frozenset({str})


def canonical(value: object) -> bytes:
    """Give the canonical bytes of a value made of dataclasses, mappings, sequences, words, whole numbers and times."""
    try:
        return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise EntryRefused("text that is not valid Unicode has no canonical form") from None


def plain(value: object) -> Plain:
    """Give the value as JSON would have it; EntryRefused for anything without one canonical form."""
    kind = type(value)
    way = _WAYS.get(kind)
    if way is None:
        way = _WAYS[kind] = _way(kind)
    return way(value)


_WAYS: dict[type[Any], Callable[[Any], Plain]] = {}


def _way(kind: type[Any]) -> Callable[[Any], Plain]:
    """Choose, once for each kind of value, how it is made plain: somebody is waiting while entries are written."""
    if issubclass(kind, str | bool | NoneType):  # a closed list's member is text too
        return _as_is
    for sort, way in ((list | tuple, _sequence), (Mapping, _mapping), (int, _whole), (datetime, instant)):
        if issubclass(kind, sort):
            return way
    if is_dataclass(kind):
        names = tuple(f.name for f in fields(kind) if f.name != KEEPS)
        keeps = any(f.name == KEEPS for f in fields(kind))
        return _keeping(names) if keeps else lambda value: _said(names, value)
    raise EntryRefused(f"a {kind.__name__} has no canonical form")


def _said(names: tuple[str, ...], value: object) -> dict[str, Plain]:
    """Give the fields of a dataclass: most are text, which is as it stands."""
    made: dict[str, Plain] = {}
    for name in names:
        item = getattr(value, name)
        made[name] = item if type(item) is str else plain(item)
    return made


def _keeping(names: tuple[str, ...]) -> Callable[[Any], Plain]:
    """Write a dataclass once; what is canonical by itself is so wherever it stands."""

    def way(value: Any) -> Plain:
        written: orjson.Fragment | None = value.written
        if written is None:
            written = orjson.Fragment(orjson.dumps(_said(names, value), option=orjson.OPT_SORT_KEYS))
            object.__setattr__(value, KEEPS, written)  # frozen: this says the same of it, and no more
        return written

    return way


def _as_is(value: Plain) -> Plain:
    return value


def _sequence(items: Sequence[object]) -> Plain:
    if _TEXT.issuperset(map(type, items)):
        return list(cast("Sequence[str]", items))
    return [plain(item) for item in items]


def _mapping(items: Mapping[object, object]) -> Plain:
    made: dict[str, Plain] = {}
    for key, item in items.items():
        if not isinstance(key, str) or not key.isascii():
            raise EntryRefused("a key must be ASCII text")
        made[str(key)] = plain(item)
    return made


def instant(at: datetime) -> str:
    """Give a time as the ledger writes it: UTC, microseconds, ``Z``; a time without a zone is refused."""
    if at.tzinfo is None:
        raise EntryRefused("a time needs its zone")
    return _in_utc(at if at.tzinfo is UTC else at.astimezone(UTC))


@lru_cache(maxsize=64)
def _in_utc(there: datetime) -> str:
    """Write a moment, kept because all entries of a question are of one; in UTC equal moments are the same moment."""
    return f"{there.isoformat(timespec='microseconds')[:-6]}Z"  # without its +00:00


def _whole(value: int) -> int:
    if abs(value) > LARGEST:
        raise EntryRefused("a whole number must be within 2**53 - 1")
    return value

"""Listing: rows read one by one, so that a row nobody can understand is named and hides no other.

It is named by its id and by the columns that are wrong. What stands there may be anything at all: it is repeated
nowhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Date, DateTime, String, Table, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from hub.governance.acting import REFERENCE, CannotBeDone
from hub.governance.rows import day

T = TypeVar("T")

Readers = Mapping[str, Callable[[Any], Any]]
"""How each column of a listing is read, by the column's name."""

WRONG: Final = (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError)
"""What a reader raises at what it cannot understand."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A stored row nobody can understand: of what, its id, and the columns that are wrong.

    Without columns each can be read and they do not fit together. ``agencies`` are those it speaks of.
    """

    what: str
    id: str
    columns: tuple[str, ...]
    agencies: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Say which row is wrong and where."""
        where = ", ".join(self.columns) or "its columns do not fit together"
        return f"{self.what} {self.id or 'without an id'} cannot be read: {where}"


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """What could be read, in order, and what could not."""

    found: tuple[T, ...] = ()
    faulty: tuple[Faulty, ...] = ()

    def only(self) -> T | None:
        """Give the one that was looked for; none where there is none, CannotBeDone where it cannot be read."""
        insist_readable(self.faulty)
        return self.found[0] if self.found else None


def insist_readable(faulty: Iterable[Faulty]) -> None:
    """Refuse what rests on a row that cannot be read, and say which."""
    for one in faulty:
        raise CannotBeDone("unreadable", f"{one}: have it mended")


def columns_of(source: Table, readers: Readers) -> list[ColumnElement[Any]]:
    """Give the columns a listing reads; days and moments as they are stored: one that is none must not end it."""
    plain = (Date, DateTime)
    return [
        type_coerce(source.c[name], String()).label(name) if isinstance(source.c[name].type, plain) else source.c[name]
        for name in readers
    ]


def listed(
    what: str, rows: Iterable[Any], readers: Readers, build: Callable[..., T], agencies: tuple[str, ...] = ()
) -> Listed[T]:
    """Read rows one by one; ``build`` takes what was read by the columns' names."""
    found: list[T] = []
    faulty: list[Faulty] = []
    for row in rows:
        values, wrong = _values(row, readers)
        try:
            if not wrong:
                found.append(build(**values))
                continue
        except WRONG:
            wrong = []
        faulty.append(_faulty(what, row, tuple(wrong), agencies))
    return Listed(tuple(found), tuple(faulty))


def _values(row: Any, readers: Readers) -> tuple[dict[str, Any], list[str]]:
    values, wrong = {}, []
    for name, read in readers.items():
        try:
            values[name] = read(getattr(row, name))
        except WRONG:
            wrong.append(name)
    return values, wrong


def _faulty(what: str, row: Any, wrong: tuple[str, ...], agencies: tuple[str, ...]) -> Faulty:
    named = {word for name in agencies if isinstance(text := getattr(row, name), str) for word in text.split()}
    known = isinstance(row.id, str) and REFERENCE.fullmatch(row.id)
    return Faulty(what, row.id if known else "", wrong, frozenset(named))


def one_of(words: type[Enum]) -> Callable[[Any], Any]:
    """Read a word of a closed list, by its name."""
    return words.__members__.__getitem__


def text(value: Any) -> str:
    """Read text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def text_or_none(value: Any) -> str | None:
    """Read text that may be missing."""
    return None if value is None else text(value)


def whole(value: Any) -> int:
    """Read a whole number: SQLite keeps whatever it is given."""
    if type(value) is not int:
        raise TypeError
    return value


def seconds(value: Any) -> int:
    """Read a moment in seconds since 1970: one that a calendar has."""
    datetime.fromtimestamp(whole(value), UTC)
    return whole(value)


def whole_day(value: Any) -> Any:
    """Read a day that must be there."""
    read = day(value)
    if read is None:
        raise ValueError
    return read

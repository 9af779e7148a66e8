"""What every compiled reader works with: a row, and the reading it happens in."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from connectors.contract import Rejected

Row: TypeAlias = Mapping[str, Any]
"""A row of a table or an object of a JSON answer, as the transport gave it."""


@dataclass(slots=True)
class Reading:
    """One pass over rows: what day it is, and what could not be read (places and codes, never values)."""

    today: date
    rejected: set[Rejected] = field(default_factory=set)
    faults: int = 0
    days: defaultdict[str, dict[str, date]] = field(default_factory=lambda: defaultdict(dict))
    """Dates read in this pass, by their forms: an end that says the status too is read once."""

    def reject(self, place: str, code: str) -> None:
        """Note a value that could not be read; its field stays null."""
        self.faults += 1
        self.rejected.add(Rejected(place, code))


Read: TypeAlias = Callable[[Row, Reading], Any]
"""A compiled reader: the value of one field, or none."""

Settle: TypeAlias = Callable[[Any, Reading], Any]
"""Reads one raw value: what a field becomes, or none; of none, none."""


ReadColumn: TypeAlias = Callable[[Sequence[Row], Reading], list[Any]]
"""The same of many rows at once: in their order, what reading each by itself gives and rejects."""


class Value(NamedTuple):
    """What stands at one path, and how it is read: enough to write it into a record's own function."""

    get: Callable[[Row], Any]
    key: str | None
    """The path, where it is simply a key of the row."""
    settle: Settle
    nulls: frozenset[str] | None = None
    """Of a text: it is what stands there without the blanks around it, but for these, which are none."""
    listed: Mapping[str | None, Any] | None = None
    """Of a code: those that are read by looking them up."""


class Reader(NamedTuple):
    """A compiled reader and the paths it looks at; a constant looks at none."""

    read: Read
    paths: frozenset[str]
    column: ReadColumn | None = None
    value: Value | None = None
    """What it reads, where that is one value."""

    def every(self, rows: Sequence[Row], reading: Reading) -> list[Any]:
        """Give the field of many rows."""
        if self.column is not None:
            return self.column(rows, reading)
        return [self.read(row, reading) for row in rows]


def constant(value: Any) -> Reader:
    """Make the reader that gives the same for every row."""
    return Reader(lambda _row, _reading: value, frozenset(), lambda rows, _reading: [value] * len(rows))

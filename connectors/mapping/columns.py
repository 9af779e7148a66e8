"""Columns: one path of many rows read at once. What differs is looked at, and what is the same only once.

A column says what reading each row by itself says; a row at a time costs a small answer less.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from connectors.mapping.reading import ReadColumn, Reading, Row

MANY = 8
"""Rows from which reading them by columns is quicker than one by one."""

Values: TypeAlias = Callable[[Sequence[Row]], list[Any]]
"""Gives what each row holds at a path, as it stands there."""

Settle: TypeAlias = Callable[[Any, Reading], Any]
"""Reads one raw value: what a field becomes, or none."""

_NOTHING = type(None)
_TEXTS = frozenset({str})
_TEXTS_OR_NONE = frozenset({str, _NOTHING})


def values_of(path: str, get: Callable[[Row], Any], *, direct: bool) -> Values:
    """Look a path up in many rows."""
    if direct:
        return lambda rows: [row.get(path) for row in rows]
    return lambda rows: [get(row) for row in rows]


def settled(values: Values, settle: Settle) -> ReadColumn:
    """Make the reader of a column: among texts each that differs is settled once, anything else where it stands."""

    def column(rows: Sequence[Row], reading: Reading) -> list[Any]:
        found = values(rows)
        if not _TEXTS_OR_NONE.issuperset(map(type, found)):
            return [settle(value, reading) for value in found]
        known = {value: settle(value, reading) for value in set(found)}
        return [known[value] for value in found]

    return column


def texts(values: Values, settle: Settle, nulls: frozenset[str]) -> ReadColumn:
    """Make the reader of a column of texts, of which most differ."""

    def column(rows: Sequence[Row], reading: Reading) -> list[Any]:
        found = values(rows)
        if not _TEXTS.issuperset(map(type, found)):
            return [settle(value, reading) for value in found]
        stripped = [value.strip() for value in found]
        if nulls.isdisjoint(stripped):
            return stripped
        return [None if value in nulls else value for value in stripped]

    return column

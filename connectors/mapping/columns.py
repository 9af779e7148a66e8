"""Columns: one path of many rows read at once, in steps that are each one call over the whole column.

Each begins with what an honest column is (every row has the path, every value is a text, every code is listed) and
where it is not so reads each value as a row by itself is read: a column says what that says, whatever stands in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeAlias

from connectors.mapping.dates import Usual
from connectors.mapping.paths import is_key, path_getter
from connectors.mapping.reading import ReadColumn, Reading, Row, Settle
from connectors.mapping.wrong import Where

MANY = 16
"""Rows from which reading them by columns is quicker than one by one."""

Values: TypeAlias = Callable[[Sequence[Row]], list[Any]]
"""Gives what each row holds at a path, as it stands there."""

_TEXTS_OR_NONE = frozenset({str, type(None)})


def values_of(path: str, where: Where) -> Values:
    """Look a path up in many rows."""
    if not is_key(path, where):
        get = path_getter(path, where)
        return lambda rows: [get(row) for row in rows]
    look = itemgetter(path)

    def values(rows: Sequence[Row]) -> list[Any]:
        try:
            return list(map(look, rows))
        except KeyError:
            return [row.get(path) for row in rows]

    return values


def texts(values: Values, settle: Settle, nulls: frozenset[str]) -> ReadColumn:
    """Make the reader of a column of texts."""

    def column(rows: Sequence[Row], reading: Reading) -> list[Any]:
        found = values(rows)
        try:
            stripped = list(map(str.strip, found))
        except TypeError:
            return [None if value is None else settle(value, reading) for value in found]
        if nulls.isdisjoint(stripped):
            return stripped
        return [None if value in nulls else value for value in stripped]

    return column


def codes(values: Values, settle: Settle, listed: Mapping[str | None, Any]) -> ReadColumn:
    """Make the reader of a column of codes; ``listed`` are those that are read by looking them up."""
    look = listed.__getitem__

    def column(rows: Sequence[Row], reading: Reading) -> list[Any]:
        found = values(rows)
        try:
            return list(map(look, found))
        except (KeyError, TypeError):  # one that is not listed so, or that is no code at all
            pass
        return each_that_differs(found, lambda value: settle(value, reading))

    return column


def each_that_differs(found: list[Any], tell: Callable[[Any], Any]) -> list[Any]:
    """Say of each value what there is to say: of texts once of each that differs, of anything else where it stands."""
    if not _TEXTS_OR_NONE.issuperset(map(type, found)):
        return list(map(tell, found))
    known = {value: tell(value) for value in set(found)}
    return [known[value] for value in found]


def days(
    values: Values,
    settle: Settle,
    nulls: frozenset[str],
    usual: Usual,
    written: str,
    calendar: Mapping[str | None, date | None],
) -> ReadColumn:
    """Make the reader of a column of dates: each that differs, and that no column read before, is read once.

    Those of ``calendar`` are read already.
    """
    nothing, look = nulls | {None}, calendar.__getitem__

    def column(rows: Sequence[Row], reading: Reading) -> list[date | None]:
        found = values(rows)
        try:
            return list(map(look, found))
        except (KeyError, TypeError):  # a day out of the ordinary, or no text at all
            pass
        if not _TEXTS_OR_NONE.issuperset(map(type, found)):
            return [settle(value, reading) for value in found]
        known = reading.days[written]
        new = set(found).difference(known, nothing)
        for text, day in zip(new, _usually(usual, new), strict=False):
            if day is not None:
                known[text] = day
            else:
                settle(text, reading)
        return list(map(known.get, found))

    return column


def _usually(usual: Usual, new: Iterable[str]) -> Iterable[date | None]:
    try:
        return list(map(usual, new))
    except ValueError:
        return repeat(None)

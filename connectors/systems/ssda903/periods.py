"""Episodes put together into periods of being looked after.

An episode ends and the next begins the same day whenever placement or legal status changes (REC X1). A period begins
where the reason for a new episode is S, or where the episode before it was ended by anything but X1.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from connectors.mapping.dates import date_reader
from connectors.mapping.scalars import NULLS, clean
from connectors.mapping.wrong import Where

Row = Mapping[str, Any]

_DAY = date_reader(("dd/mm/yyyy", "iso"), Where("ssda903", "", tabular=True))
_GOES_ON = "X1"
_BEGINS = "S"


def with_periods(episodes: Iterable[Row]) -> tuple[Row, ...]:
    """Give one row a period: its first episode's start, and its last episode's end, reason and need."""
    by_child: dict[str, list[Row]] = {}
    for row in episodes:
        child = clean(row["CHILD"], NULLS)
        if child is not None:
            by_child.setdefault(str(child), []).append(row)
    return tuple(period for rows in by_child.values() for period in _periods(rows))


def _periods(rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=_start)
    periods: list[list[Row]] = []
    for row in ordered:
        if not periods or _code(row, "RNE") == _BEGINS or _ended(periods[-1][-1]):
            periods.append([])
        periods[-1].append(row)
    return [{**held[-1], "DECOM": held[0]["DECOM"]} for held in periods]


def _start(row: Row) -> date:
    return _DAY(clean(row["DECOM"], NULLS)) or date.min


def _ended(row: Row) -> bool:
    return clean(row["DEC"], NULLS) is not None and _code(row, "REC") not in {None, _GOES_ON}


def _code(row: Row, column: str) -> str | None:
    value = clean(row[column], NULLS)
    return str(value).upper() if value is not None else None

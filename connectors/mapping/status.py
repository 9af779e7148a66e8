"""Status: current, historic or unknown, derived as agencies' systems leave it to be derived.

Current means: no end, or an end still to come, and neither planned nor cancelled. Nothing is called
current on a guess: an unreadable end, a start still to come, or neither date held, is unknown.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connectors.mapping.conditions import Condition, compile_conditions
from connectors.mapping.fields import compile_field
from connectors.mapping.reading import Read, ReadColumn, Reader, Reading, Row
from connectors.mapping.wrong import Where
from schema.records import Status

KEYS = ("start", "end", "date", "cancelled", "planned", "unknown")


def status_on(start: date | None, end: date | None, today: date) -> Status:
    """Say what two dates mean today."""
    if end is not None and end < today:
        return Status.HISTORIC
    if start is not None and start > today:
        return Status.UNKNOWN
    return Status.CURRENT


def is_status(spec: Any) -> bool:
    """Whether a field's table derives a status rather than reads one."""
    return isinstance(spec, Mapping) and "end" in spec


def compile_status(spec: Mapping[str, Any], where: Where) -> Reader:
    """Compile a status' derivation."""
    where.only(spec, KEYS)
    dates = {k: _date(spec, k, where) for k in ("start", "end") if k in spec}
    tests = {k: compile_conditions(spec[k], where.at(k)) for k in ("cancelled", "planned", "unknown") if k in spec}
    paths = frozenset[str]().union(*(r.paths for r in dates.values()), *(t.paths for ts in tests.values() for t in ts))
    read, column = _derive(dates, tests)
    return Reader(read, paths, column)


def _date(spec: Mapping[str, Any], key: str, where: Where) -> Reader:
    given = spec[key]
    if isinstance(given, str) and "date" in spec:
        given = {"path": given, "date": spec["date"]}
    return compile_field(given, date, where.at(key))


def _derive(dates: Mapping[str, Reader], tests: Mapping[str, tuple[Condition, ...]]) -> tuple[Read, ReadColumn]:
    ending, starting = dates["end"], dates.get("start")
    read_end, read_start = ending.read, starting.read if starting else None
    cancelled = tests.get("cancelled", ())
    unsure = (*tests.get("planned", ()), *tests.get("unknown", ()))

    def by_dates(row: Row, reading: Reading) -> Status:
        faults = reading.faults
        end = read_end(row, reading)
        start = read_start(row, reading) if read_start else None
        if reading.faults != faults or (read_start and start is None and end is None):
            return Status.UNKNOWN
        return status_on(start, end, reading.today)

    def all_by_dates(rows: Sequence[Row], reading: Reading) -> list[Status]:
        faults, today = reading.faults, reading.today
        ends = ending.every(rows, reading)
        starts = starting.every(rows, reading) if starting else [None] * len(rows)
        if reading.faults != faults:  # which of them it was each row says by itself
            return [by_dates(row, reading) for row in rows]
        neither = Status.UNKNOWN if starting else Status.CURRENT
        both = zip(starts, ends, strict=True)
        return [status_on(start, end, today) if start or end else neither for start, end in both]

    def by_words(row: Row) -> Status | None:
        if any(c.holds(row) for c in cancelled):
            return Status.HISTORIC
        return Status.UNKNOWN if any(c.holds(row) for c in unsure) else None

    def read(row: Row, reading: Reading) -> Status:
        return by_words(row) or by_dates(row, reading)

    def column(rows: Sequence[Row], reading: Reading) -> list[Status]:
        said = list(map(by_words, rows))
        dated = iter(all_by_dates([row for row, word in zip(rows, said, strict=True) if word is None], reading))
        return [word or next(dated) for word in said]

    return (read, column) if cancelled or unsure else (by_dates, all_by_dates)

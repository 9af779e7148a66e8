"""Moments: when a source last changed a row, for the order of its index feed. Always with a time zone."""

from datetime import UTC, date, datetime, time
from typing import Any

from connectors.mapping.dates import date_reader
from connectors.mapping.paths import path_getter
from connectors.mapping.reading import Reader, Reading, Row
from connectors.mapping.scalars import clean
from connectors.mapping.wrong import Where


def compile_moment(spec: Any, where: Where) -> Reader:
    """Compile a path to a date or a date and time; one without a zone is taken as UTC."""
    table = where.table({"path": spec} if isinstance(spec, str) else spec)
    where.only(table, ("path", "date"))
    path = where.at("path").text(table.get("path"))
    get, nulls, place = path_getter(path, where), where.nulls, f"{where.resource}.{path}"
    to_date = date_reader(where.at("date").texts(table.get("date", "iso")), where.at("date"))

    def read(row: Row, reading: Reading) -> datetime | None:
        value = clean(get(row), nulls)
        if value is None:
            return None
        moment = _moment(value)
        day = to_date(value) if moment is None else None
        if moment is None and day is None:
            reading.reject(place, "not-a-date")
        return moment or (datetime.combine(day, time(), UTC) if day else None)

    return Reader(read, frozenset({path}))


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None

"""Cells: an SSD row's values as text or day, whatever a build's columns are (DATETIME, date, text)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

from connectors.mapping.dates import date_reader
from connectors.mapping.reading import Reading
from connectors.mapping.scalars import NULLS, UNREADABLE, as_text, clean
from connectors.mapping.wrong import Where

Row: TypeAlias = Mapping[str, Any]

EMPTY = NULLS | {"SSD_PH"}
"""Texts that say nothing: a build writes the last where it has no value yet, so it would be everybody's."""

_DAY = date_reader(("iso", "dd/mm/yyyy"), Where("ssd", "", tabular=True))


def text(row: Row, name: str | None) -> str | None:
    """Give a text, none where it is null, says so in words, or was not asked for."""
    value = clean(row.get(name), EMPTY) if name else None
    found = None if value is None else as_text(value)
    return None if found is UNREADABLE else found


def day(row: Row, name: str | None, reading: Reading) -> date | None:
    """Give a day; one that cannot be read is null and noted by its column."""
    value = clean(row.get(name), EMPTY) if name else None
    if value is None:
        return None
    found = _DAY(value)
    if found is None:
        reading.reject(str(name), "not-a-date")
    return found

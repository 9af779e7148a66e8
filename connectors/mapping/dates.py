"""Dates as agencies write them: ISO, dd/mm/yyyy, yyyymmdd and Excel's serial days."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from connectors.mapping.wrong import Where

DateRead = Callable[[Any], date | None]
"""Reads a raw value; none where it is not a date in this form."""

Usual: TypeAlias = Callable[[str], date | None]
"""Reads a text of a form's usual width; none, or ValueError, where it is not so: then it is to be read whole."""

_UK = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_FIRST, _EXCEL_LAST = 61, 2_958_465
"""Before serial 61 Excel counts a 29 February 1900 that never was; the last is 31 December 9999."""


def _iso(value: Any) -> date | None:
    if not isinstance(value, str) or (len(value) > 10 and value[10] not in "T "):  # noqa: PLR2004 -- yyyy-mm-dd
        return None
    try:
        return date.fromisoformat(value[:10]) if value[4:5] == "-" else None
    except ValueError:
        return None


def _uk(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10 and value[2] == "/" == value[5]:  # noqa: PLR2004 -- the usual width, the quick way
            return date.fromisoformat(f"{value[6:]}-{value[3:5]}-{value[:2]}")
        found = _UK.fullmatch(value)
        if found is None:
            return None
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _compact(value: Any) -> date | None:
    text = str(value)
    if len(text) != 8 or not text.isdecimal():  # noqa: PLR2004 -- yyyymmdd
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _excel(value: Any) -> date | None:
    try:
        days = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return _EXCEL_EPOCH + timedelta(days) if _EXCEL_FIRST <= days <= _EXCEL_LAST else None


FORMS: dict[str, DateRead] = {
    "iso": _iso,
    "dd/mm/yyyy": _uk,
    "yyyymmdd": _compact,
    "excel": _excel,
}


def date_reader(forms: tuple[str, ...], where: Where) -> DateRead:
    """Compile a reader that tries each form in turn; a date the transport already read is taken as it is."""
    for form in forms:
        if form not in FORMS:
            raise where.no_such("date form", form, FORMS)
    tries = tuple(FORMS[form] for form in forms)

    def read(value: Any) -> date | None:
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        return next((found for found in (form(value) for form in tries) if found), None)

    return read


def _usual_iso(text: str) -> date | None:
    # Ten characters that are read as a date have dashes (ISO 8601's basic forms have eight).
    return date.fromisoformat(text) if len(text) == 10 else None  # noqa: PLR2004 -- yyyy-mm-dd


def _usual_uk(text: str) -> date | None:
    if len(text) == 10 and text[2] == "/" == text[5]:  # noqa: PLR2004 -- dd/mm/yyyy
        return date.fromisoformat(f"{text[6:]}-{text[3:5]}-{text[:2]}")
    return None


_CALENDAR = date(1990, 1, 1), date(2040, 1, 1)
"""The days that most records are of."""
_WRITTEN: dict[str, str] = {"iso": "%Y-%m-%d", "dd/mm/yyyy": "%d/%m/%Y"}


@lru_cache
def calendar(form: str) -> Mapping[str | None, date | None]:
    """Give the days of a child's lifetime as a form writes them, and nothing for nothing: all are read beforehand."""
    if form not in _WRITTEN:
        return {None: None}
    first, end = _CALENDAR
    every = (first + timedelta(days) for days in range((end - first).days))
    return {None: None} | {day.strftime(_WRITTEN[form]): day for day in every}


_USUAL: dict[str, Usual] = {"iso": _usual_iso, "dd/mm/yyyy": _usual_uk}


def usual_reader(forms: tuple[str, ...]) -> Usual:
    """Give the quick way of the first form: what it reads, no other is tried on."""
    return _USUAL.get(forms[0], lambda _text: None)

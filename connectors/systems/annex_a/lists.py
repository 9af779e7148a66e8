"""The annex' lists made into rows, and the children they are about."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from connectors.contract import Rejected
from connectors.errors import SourceBroken
from connectors.mapping.scalars import NULLS, as_text, clean
from connectors.returns.reading import Read
from connectors.systems.annex_a.headings import places
from connectors.systems.annex_a.workbook import Sheet

CHILD = "Child Unique ID"

_CHOICE = re.compile(r"(?:[a-z]|zz|p1)\)\s*")
"""The letter a choice of the template begins with, as in ``b) Female``."""

_TOP = 10
"""Rows among which the headings are looked for."""

_ABOUT = ("Gender", "Ethnicity", "Date of Birth")


@cache
def layouts() -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """Give each list's resource and its headings, by its number."""
    table = tomllib.loads(files(__package__).joinpath("lists.toml").read_text("utf-8"))
    return {each["number"]: (each["resource"], tuple(each["columns"])) for each in table["lists"]}


def read_lists(file: str, sheets: Mapping[int, Sheet], given: Iterable[int], most: int) -> Read:
    """Make the rows of every list; SourceBroken where there is none, or one whose children cannot be told."""
    rows: dict[str, tuple[dict[str, Any], ...]] = {}
    rejected: set[Rejected] = set()
    missing: set[str] = set()
    for number, (resource, columns) in layouts().items():
        if number in sheets:
            rows[resource] = _rows(f"{file}: List {number}", number, sheets[number], columns, rejected)
        elif number in set(given):
            missing.add(resource)
            rejected.add(Rejected(f"List {number}", "missing-sheet"))
    if not rows:
        raise SourceBroken("missing-sheet", f"{file}: no list")
    if sum(map(len, rows.values())) > most:
        raise SourceBroken("too-many-rows", file)
    children = _children(row for listed in rows.values() for row in listed)
    return Read({**rows, "children": children}, tuple(rejected), frozenset(missing))


def _rows(
    place: str, number: int, sheet: Sheet, columns: tuple[str, ...], rejected: set[Rejected]
) -> tuple[dict[str, Any], ...]:
    wanted = (CHILD, *_ABOUT, *columns)
    top, found = _headings(place, sheet, wanted)
    for name, listed in found.items():
        if len(listed) > 1:
            raise SourceBroken("column-twice", f"{place}: column {name!r}")
        if not listed:
            rejected.add(Rejected(f"List {number}.{name}", "missing-column"))
    where = {name: listed[0] if listed else None for name, listed in found.items()}
    rows = [_row(cells, where) for cells in sheet[top + 1 :]]
    return tuple(row for row in rows if row[CHILD] is not None)


def _headings(place: str, sheet: Sheet, wanted: tuple[str, ...]) -> tuple[int, Mapping[str, list[int]]]:
    """Find the row of headings: the first that says whose each row is."""
    for top, cells in enumerate(sheet[:_TOP]):
        found = places(wanted, cells)
        if found[CHILD]:
            return top, found
    raise SourceBroken("missing-column", f"{place}: column {CHILD!r}")


def _row(cells: Sequence[Any], where: Mapping[str, int | None]) -> dict[str, Any]:
    row = {n: _cell(cells[i]) if i is not None and i < len(cells) else None for n, i in where.items()}
    child = clean(row[CHILD], NULLS)
    return {**row, CHILD: None if child is None else as_text(child)}


def _cell(value: Any) -> Any:
    """Leave out the letter a choice begins with."""
    return _CHOICE.sub("", value, count=1) if isinstance(value, str) and _CHOICE.match(value) else value


def _children(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Give each child once, as the first list that says each thing has them."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        child = found.setdefault(row[CHILD], {CHILD: row[CHILD], **dict.fromkeys(_ABOUT)})
        for name in _ABOUT:
            if clean(child[name], NULLS) is None:
                child[name] = row[name]
    return tuple(found.values())

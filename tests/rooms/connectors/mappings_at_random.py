"""Mappings and rows made up at random: every kind of line there is, and every kind of value, honest and hostile."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import UUID

from connectors.mapping.fields import field_type
from schema.fields import CATALOGUE, RECORDS, RecordName
from schema.records import Status


class Text(str):
    """A text of a kind of its own, as some drivers give."""

    __slots__ = ()


KINDS = ("Involvement", "Involvement", "ChronologyEvent", "PersonName", "Relationship", "Flag")
PARTS = {"professionals": "Professional", "duty_desk": "DutyDesk", "plan": "Plan"}
KEYS = ("a", "b", "c", "d", "e")
PATHS = (*KEYS, *KEYS, "d.e", "l[0]", "_parent.a", "a || b", "l[*].a")
LABELS = (
    {"path": "b", "codes": {"A": "CONFIDENTIAL_ADDRESS", "b": "MENTAL_HEALTH"}, "otherwise": "NATIONALLY_RESTRICTED"},
    {"path": "d.e", "codes": {"A": "MENTAL_HEALTH"}},
    {"constant": "ADOPTION"},
)
FORMS = ("iso", "iso", "dd/mm/yyyy", "yyyymmdd", "excel", ["iso", "dd/mm/yyyy"], ["dd/mm/yyyy", "excel"])
CODES = ("A", " A ", "-", "NULL", "2024-02-29", "1")
HONEST = ("A", "B", "2024-02-29", "29/02/2024", "2026-11-22", None)
TEXTS = ("", " ", "-", "NULL", " NULL ", " A ", "a", "1", "current", "YES", "x;y;-", "\ud800", "\u00a0", "20240229")
DATES = ("2024-13-01", " 2024-02-29 ", "2024-W09-4", "2024-02-29T10:00", "1/2/2024", "30/02/2024", "29/02/2024 10:00")
OTHERS = (0, 1, 12.0, True, False, 1.5, 45_000, 10**20, float("nan"), Decimal("2.0"), UUID(int=7), b"A", Text(" A "))
NESTED = ([], ["A", None, 3, {"e": "A"}], {}, {"e": "A", "a": ["A"]}, date(2024, 2, 3), datetime(2024, 2, 3, 4))  # noqa: DTZ001 -- as drivers give
HOSTILE = (*TEXTS, *DATES, *OTHERS, *NESTED)


def block(its: Random) -> dict[str, Any]:
    """Make up a block of a mapping."""
    record = its.choice(KINDS)
    table: dict[str, Any] = {"record": record, "from": "t", "person": its.choice(["p", "p", "p", "a"])}
    table["fields"] = _lines(its, record)
    more = {
        "each": "l",
        "id": its.choice(PATHS),
        "when": [_test(its) for _ in range(its.randint(1, 2))],
        "labels": its.sample(LABELS, its.randint(1, 3)),
        "nulls": ["-", "2024-02-29"],
    }
    table |= {key: value for key, value in more.items() if its.random() < 0.3}
    if record == "Relationship":
        table["local_id"] = its.choice(PATHS)
    if record == "Involvement":
        table |= {name: _part(its, name) for name in PARTS if its.random() < 0.5}
    return table


def rows(its: Random, count: int, hostile: float) -> list[Mapping[str, Any]]:
    """Make up rows, of whose values so many are hostile; the honest ones of a column are alike."""
    honest = {key: its.choice(HONEST) for key in KEYS}
    made: list[Mapping[str, Any]] = [_row(its, honest, hostile) for _ in range(count)]
    return [MappingProxyType(row) if its.random() < hostile / 4 else row for row in made]


def _row(its: Random, honest: Mapping[str, Any], hostile: float) -> dict[str, Any]:
    row = {"p": _value(its, its.choice(["P1", "P2"]), hostile / 2), **_object(its, honest, hostile)}
    inner = [_value(its, _object(its, honest, hostile), hostile / 2) for _ in range(its.randint(0, 3))]
    return row | {"l": _value(its, inner, hostile / 2)}


def _object(its: Random, honest: Mapping[str, Any], hostile: float) -> dict[str, Any]:
    return {key: _value(its, value, hostile) for key, value in honest.items() if its.random() >= hostile / 4}


def _value(its: Random, honest: Any, hostile: float) -> Any:
    return its.choice(HOSTILE) if its.random() < hostile else honest


def _part(its: Random, name: str) -> Any:
    shapes = []
    for _ in range(its.randint(1, 2) if name == "professionals" else 1):
        place = {"each": "l", "id": its.choice(PATHS)}
        shapes.append({k: v for k, v in place.items() if its.random() < 0.5} | _lines(its, PARTS[name]))
    return shapes if name == "professionals" else shapes[0]


def _lines(its: Random, record: str) -> dict[str, Any]:
    names = [f.name for f in CATALOGUE.values() if f.record == record and f.name != "service"]
    kinds = {name: field_type(RECORDS[RecordName(record)], name) for name in names}
    return {name: _line(its, kinds[name]) for name in its.sample(names, its.randint(1, len(names)))}


def _line(its: Random, kind: Any) -> Any:
    """Make up the line of a field of this type."""
    path = its.choice(PATHS)
    if kind is date:
        return {"path": path, "date": its.choice(FORMS)}
    if kind is list:
        return {"path": path} | its.choice([{}, {"split": ";"}, {"codes": {"A": "Alpha"}}])
    meant = ["x", "y"] if kind is str else [True, False]
    if issubclass(kind, Enum):
        meant = [one.name for one in list(kind)[:2]]
    ways = [path, path, {"path": path, "codes": {raw: meant[n % 2] for n, raw in enumerate(CODES)}}]
    ways.append({"constant": meant[0]})
    if kind is str:
        ways.append({"join": [path, its.choice(PATHS)], "separator": "-"})
    if kind is Status:
        ways += [_status(its, path)] * 3
    return its.choice(ways)


def _status(its: Random, path: str) -> dict[str, Any]:
    told = {"start": its.choice(PATHS), "cancelled": _test(its), "planned": [_test(its)], "unknown": _test(its)}
    return {"end": path, "date": its.choice(FORMS)} | {k: v for k, v in told.items() if its.random() < 0.4}


def _test(its: Random) -> dict[str, Any]:
    return {"path": its.choice(PATHS)} | its.choice([{"in": ["A"]}, {"not_in": ["A", "1"]}, {"present": True}])

"""One answer as a table: every service, current first, and every gap with its reason."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from hub.commands.saying import out
from hub.commands.showing_family import show_family
from schema.services import SERVICES, Service

Line = tuple[Text | str, str, str]
"""Status, who, phone."""

FEW = 3
"""Names of fields to list; more are said by the kind of data."""

Row = tuple[Text | str, ...]

_STYLES = {"CURRENT": "bold green", "HISTORIC": "dim", "UNKNOWN": "yellow"}
_OUTCOMES = {
    "NONE_HELD": "none held",
    "NOT_COVERED": "not covered",
    "WITHHELD": "withheld",
    "BROKERED": "ring the team",
    "UNAVAILABLE": "did not answer",
    "TIMED_OUT": "too slow",
    "UNIDENTIFIED": "unclear which person",
    "STALE": "out of date",
    "RECORDS": "known; nothing to show",
}
_BORN = "births.dateOfBirth"
_KINDS = {
    "IDENTITY": "who the child is",
    "EXISTENCE": "some records",
    "CONTACT": "dates, team and level",
    "PROFESSIONAL": "professionals",
    "DETAIL": "detail",
}


def show(person: dict[str, Any]) -> None:
    """Print who is involved with one child."""
    out.print(Text(_title(person), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Service", "Status"):
        table.add_column(name, no_wrap=True)
    table.add_column("Who", overflow="fold", min_width=22)
    for name in ("Phone", "As of"):
        table.add_column(name, no_wrap=True)
    table.add_column("Why not shown", overflow="fold", min_width=24)
    for row in rows(person):
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))  # brackets are not markup
    out.print(table)
    show_family(person)


def _title(person: dict[str, Any]) -> str:
    names = person.get("names") or []
    name = f"{names[0]['given'] or ''} {names[0]['family'] or ''}".strip() if names else "Name not shown"
    born = person.get("dateOfBirth")
    if born:
        if (
            person.get("age") is None
            and born.endswith("-01-01")
            and any(g["masked"] and g["path"] == _BORN for g in person["withheld"])
        ):
            return f"{name}, born in {_year(born)}"
        return f"{name}, born {_day(born)}" + (f", age {person['age']}" if person.get("age") is not None else "")
    due = person.get("expectedDateOfBirth")
    return f"{name}, expected {_day(due)}" if due else name


def rows(person: dict[str, Any]) -> Iterable[Row]:
    """Give the table's rows: a line for each professional, and one for each source that gave nothing."""
    held: dict[str, list[dict[str, Any]]] = {}
    for involvement in person.get("involvements") or ():
        held.setdefault(involvement["provenance"]["source"], []).append(involvement)
    services = [source["service"] for source in person["sources"]]
    for source in person["sources"]:
        label = SERVICES[Service(source["service"])].label
        if services.count(source["service"]) > 1:
            label = f"{label}: {source['name']}"
        lines = list(_told(held.get(source["source"], ()), source)) or [_silent(source)]
        gaps = _gaps(person, source["source"]) if held.get(source["source"]) else ""
        for place, (status, who, phone) in enumerate(lines):
            first = place == 0
            why = (gaps or _why(source)) if first else ""
            yield (label if first else "", status, who, phone, _day(source.get("asOf")) if first else "", why)


def _why(source: dict[str, Any]) -> str:
    """Say why a source that gave no records gave none; nothing where it answered, or simply holds none."""
    return "" if source["outcome"] in {"RECORDS", "NONE_HELD"} else str(source["explanation"])


def _silent(source: dict[str, Any]) -> Line:
    contact = source.get("contact") or {}
    return Text(_OUTCOMES[source["outcome"]], style="yellow"), contact.get("team") or "", contact.get("phone") or ""


def _told(involvements: Iterable[dict[str, Any]], source: dict[str, Any]) -> Iterable[Line]:
    """Give the lines of a source's involvements; those that read alike are told once, with how many there are."""
    alike: dict[str, list[dict[str, Any]]] = {}
    for involvement in involvements:
        alike.setdefault(repr(list(_involved(involvement, source))), []).append(involvement)
    for same in alike.values():
        yield from _involved(same[0], source, len(same))


def _involved(involvement: dict[str, Any], source: dict[str, Any], times: int = 1) -> Iterable[Line]:
    """Give a line for each professional of an involvement, or one for whom to ring."""
    status = involvement.get("status") or "UNKNOWN"
    often = f" ({times})" if times > 1 else ""
    said = Text(f"{status.lower()}{_period(involvement)}{often}", style=_STYLES[status])
    former = " (before)" if status == "CURRENT" else ""
    people = involvement.get("professionals") or []
    for place, p in enumerate(people):
        who = f"{p.get('name') or 'name not shown'}{_role(p)}{former if p.get('status') == 'HISTORIC' else ''}"
        yield said if place == 0 else "", who, p.get("phone") or ""
    if not people:
        desk = involvement.get("dutyDesk") or source.get("contact") or {}
        yield said, involvement.get("organisation") or desk.get("team") or "", desk.get("phone") or ""


def _role(professional: dict[str, Any]) -> str:
    return f", {professional['role']}" if professional.get("role") else ""


def _period(involvement: dict[str, Any]) -> str:
    start, end = involvement.get("start"), involvement.get("end")
    if not start:
        return ""
    if not end:
        return f" since {_year(start)}"
    return f" {_year(start)}" if _year(start) == _year(end) else f" {_year(start)}-{_year(end)}"


def _gaps(person: dict[str, Any], source: str) -> str:
    """Give what one source held back and why: a few fields by name, more by the kind of data they are."""
    held_back: dict[str, dict[str, set[str]]] = {}
    for gap in person["withheld"]:
        if gap["source"] == source:
            kinds = held_back.setdefault(gap["reason"], {})
            kinds.setdefault(gap["kind"], set()).add(gap["path"].rpartition(".")[2])
    return "\n".join(
        f"{', '.join(_named(kind, names) for kind, names in kinds.items())}: {reason}"
        for reason, kinds in held_back.items()
    )


def _named(kind: str, names: set[str]) -> str:
    if kind == "EXISTENCE" or len(names) > FEW:
        return _KINDS[kind]
    return ", ".join(sorted(re.sub(r"(?=[A-Z])", " ", name).lower() for name in names))


def _year(value: str) -> str:
    return value[:4]


def _day(value: str | None) -> str:
    return f"{date.fromisoformat(value[:10]):%d %b %Y}" if value else ""

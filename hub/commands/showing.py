"""One answer as a table: every service, current first, and every gap with its reason."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text

from hub.commands.saying import out
from schema.services import SERVICES, Service

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


def show(person: dict[str, Any]) -> None:
    """Print who is involved with one child."""
    out.print(Text(_title(person), style="bold"))
    table = Table(show_lines=False, pad_edge=False, expand=True)
    for name, ratio in (("Service", 3), ("Status", 3), ("Who", 5), ("Phone", 3), ("As of", 2), ("Why not shown", 6)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in rows(person):
        table.add_row(*row)
    out.print(table)


def _title(person: dict[str, Any]) -> str:
    names = person.get("names") or []
    name = f"{names[0]['given'] or ''} {names[0]['family'] or ''}".strip() if names else "Name not shown"
    born = person.get("dateOfBirth")
    if born:
        return f"{name}, born {_day(born)}" + (f", age {person['age']}" if person.get("age") is not None else "")
    due = person.get("expectedDateOfBirth")
    return f"{name}, expected {_day(due)}" if due else name


def rows(person: dict[str, Any]) -> Iterable[tuple[Text | str, ...]]:
    """Give the table's rows: a line for each involvement, and one for each source that gave none."""
    held: dict[str, list[dict[str, Any]]] = {}
    for involvement in person.get("involvements") or ():
        held.setdefault(involvement["provenance"]["source"], []).append(involvement)
    for source in person["sources"]:
        label = SERVICES[Service(source["service"])].label
        gaps = _gaps(person, source["source"])
        involved = held.get(source["source"], [])
        for place, involvement in enumerate(involved):
            yield _involved(label if place == 0 else "", involvement, source, gaps if place == 0 else "")
        if not involved:
            contact = source.get("contact") or {}
            yield (
                label,
                Text(_OUTCOMES[source["outcome"]], style="yellow"),
                contact.get("team") or "",
                contact.get("phone") or "",
                _day(source.get("asOf")),
                source["explanation"] if source["outcome"] != "NONE_HELD" else "",
            )


def _involved(label: str, involvement: dict[str, Any], source: dict[str, Any], gaps: str) -> tuple[Text | str, ...]:
    status = involvement.get("status") or "UNKNOWN"
    since = _period(involvement)
    people = involvement.get("professionals") or []
    who = "\n".join(f"{p.get('name') or 'name not shown'}{_role(p)}" for p in people)
    phones = "\n".join(p.get("phone") or "" for p in people)
    if not people:
        desk = involvement.get("dutyDesk") or source.get("contact") or {}
        who, phones = involvement.get("organisation") or desk.get("team") or "", desk.get("phone") or ""
    return (
        label,
        Text(f"{status.lower()}{since}", style=_STYLES[status]),
        who,
        phones,
        _day(source.get("asOf")),
        gaps,
    )


def _role(professional: dict[str, Any]) -> str:
    return f", {professional['role']}" if professional.get("role") else ""


def _period(involvement: dict[str, Any]) -> str:
    start, end = involvement.get("start"), involvement.get("end")
    if not start:
        return ""
    return f" {_year(start)}-{_year(end)}" if end else f" since {_year(start)}"


def _gaps(person: dict[str, Any], source: str) -> str:
    """Give the reasons for what one source held back, each once."""
    reasons: dict[str, list[str]] = {}
    for gap in person["withheld"]:
        if str(gap["decisionId"]).split(".")[1] == source:
            reasons.setdefault(gap["reason"], []).append(gap["path"].rpartition(".")[2])
    return "\n".join(f"{', '.join(sorted(set(paths)))}: {reason}" for reason, paths in reasons.items())


def _year(value: str) -> str:
    return value[:4]


def _day(value: str | None) -> str:
    return f"{date.fromisoformat(value[:10]):%d %b %Y}" if value else ""

"""A child's chronology, the simple view: one picture of every service, a table that says the same, a list by year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from hub.answer.question import Wanted
from hub.web.pages.child import Child, child_of, fields_of
from hub.web.pages.chronology.filters import SIGNIFICANT, read
from hub.web.pages.chronology.lanes import picture, service_of
from hub.web.pages.involved.panels import UNKNOWN, panels_of, together
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import plainly
from schema.person import age_on
from schema.records import ChronologyEvent, EventKind
from schema.services import SERVICES

LISTS: Final = ("names", "births", "chronology")
_SIMPLE: Final = frozenset(f"ChronologyEvent.{f}" for f in ("date", "end_date", "service", "kind", "title"))

WANTED: Final = Wanted(
    fields=fields_of(("names",))
    | {f for f in fields_of(("births",)) if f in {"Birth.date_of_birth", "Birth.expected_date_of_birth"}}
    | {f for f in fields_of(("chronology",)) if f in _SIMPLE},
    lists=frozenset(LISTS),
    beside=frozenset({"emergency_access"}),
)
"""The simple view says what happened and when; what was written about it is not asked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words."""

    when: date | None
    until: date | None
    age: int | None
    service: str
    source: str
    what: str
    kind: str
    significant: bool


async def chronology(visit: Visit) -> Shown:
    """Show what happened to a child, by service and by year."""
    person = await child_of(visit, WANTED)
    child, filters = Child.of(person), read(visit.query)
    born = None if child.year_alone else child.born
    held = person.chronology() or []
    kept = filters.kept(held)
    panels = panels_of(person, WANTED.fields)
    told = [_told(e, born) for e in (reversed(kept) if filters.newest else kept)]
    values = {
        "child": child,
        "person": person,
        "tab": "chronology",
        "filters": filters,
        "drawn": picture(kept, born, person.today),
        "years": by_year(told),
        "told": told,
        "held": len(held),
        "counts": counts(kept),
        "services": [SERVICES[s] for s in sorted({service_of(e) for e in held}, key=lambda s: SERVICES[s].order)],
        "kinds": [k for k in EventKind if k in {e.kind for e in held}],
        "unknown": [p for p in panels if p.state in UNKNOWN],
        "silent": [p for p in panels if p.answer.outcome != "RECORDS"],
        "gaps": together(panels),
        "plainly": plainly,
        "unknown_list": person.chronology() is None,
    }
    return Shown("chronology/page.html", f"Chronology of {child.name}", values)


def _told(event: ChronologyEvent, born: date | None) -> Told:
    return Told(
        event.date,
        event.end_date if event.end_date != event.date else None,
        age_on(born, event.date) if event.date else None,
        SERVICES[service_of(event)].label,
        event.provenance.name if event.provenance else "",
        event.title or plainly(event.kind),
        plainly(event.kind),
        event.kind in SIGNIFICANT,
    )


def by_year(told: Iterable[Told]) -> list[tuple[str, list[Told]]]:
    """Put events that follow each other under their years."""
    years = groupby(told, key=lambda t: str(t.when.year) if t.when else "No date recorded")
    return [(year, list(events)) for year, events in years]


def counts(events: Sequence[ChronologyEvent]) -> list[tuple[str, int, date | None, date | None, int]]:
    """Say of each service what its lane shows: how many events, the first, the last, and how many are marked."""
    rows = []
    for service in sorted({service_of(e) for e in events}, key=lambda s: SERVICES[s].order):
        mine = [e for e in events if service_of(e) == service]
        days = [e.date for e in mine if e.date]
        marked = sum(e.kind in SIGNIFICANT for e in mine)
        rows.append((SERVICES[service].label, len(mine), min(days, default=None), max(days, default=None), marked))
    return rows

"""Events: what SSD's rows say happened, each from one date of one table."""

import strawberry

from connectors.systems.ssd.asked import Asked, Wanted
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.codes import decoded
from connectors.systems.ssd.event_tables import EVENTS, Event
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.optional import KEYS
from connectors.systems.ssd.outcomes import read_outcome
from connectors.systems.ssd.tables import PERSON
from connectors.systems.ssd.workers import only
from schema.records import ChronologyEvent, EventKind
from schema.services import Service

_FIELDS = ("date", "end_date", "service", "kind", "title", "summary", "outcome", "needs")


def want_events(wanted: Wanted, asked: Asked) -> None:
    """Want the columns events are made from; outcomes and reasons only where detail is asked."""
    if not asked.any_of("ChronologyEvent"):
        return
    detail = asked.has("ChronologyEvent.summary", "ChronologyEvent.outcome")
    for event in EVENTS:
        wanted.want(
            event.table,
            KEYS.get(event.table) or PERSON[event.table],
            event.id,
            event.date,
            event.end if asked.has("ChronologyEvent.end_date") else None,
            event.outcome if detail else None,
            event.detail[0] if event.detail and asked.has("ChronologyEvent.summary") else None,
            event.when[0] if event.when else None,
            event.unless[0] if event.unless else None,
        )


def events(rows: Rows, person: str, service: Service) -> list[ChronologyEvent]:
    """Make a person's events; a row without the date is none."""
    if not rows.asked.any_of("ChronologyEvent"):
        return []
    made = (_event(rows, row, event, service) for event in EVENTS for row in rows.of(event.table, person))
    return [event for event in made if event is not None]


def _event(rows: Rows, row: Row, event: Event, service: Service) -> ChronologyEvent | None:
    when = day(row, event.date, rows.reading)
    if when is None or not _counts(row, event):
        return None
    outcome = read_outcome(text(row, event.outcome))
    detail = decoded(text(row, event.detail[0]), event.detail[1]) if event.detail else None
    made = ChronologyEvent(
        id=strawberry.ID(f"{event.table}/{text(row, event.id) or ''}/{event.kind.name}"),
        date=when,
        end_date=day(row, event.end, rows.reading),
        service=service,
        kind=event.kind,
        title=event.title,
        summary=". ".join(t for t in (detail, outcome.comments) if t) or None,
        outcome="; ".join(outcome.flags) or None,
        needs=rows.factors.get(text(row, event.id) or "") if event.kind is EventKind.ASSESSMENT_END else None,
    )
    only(made, rows.asked.names("ChronologyEvent"), _FIELDS)
    return made


def _counts(row: Row, event: Event) -> bool:
    if event.when is not None and text(row, event.when[0]) not in event.when[1]:
        return False
    return event.unless is None or text(row, event.unless[0]) not in event.unless[1]

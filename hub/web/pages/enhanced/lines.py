"""The lines of an enhanced chronology: one an event, with what rules suggest and people made of it, as a row too."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.answer.question import Wanted
from hub.web.pages.child import HEAD, fields_of
from hub.web.pages.chronology.lanes import service_of
from hub.web.pages.enhanced.made_of import Made, made_of
from hub.web.pages.enhanced.naming import Key, names
from hub.web.pages.enhanced.suggesting import Rule, suggested, told
from hub.web.pages.visit import Visit
from hub.web.pages.words import plainly
from schema.fields import FieldId
from schema.person import Person, age_on
from schema.records import ChronologyEvent
from schema.services import SERVICES

_PLACES: Final = frozenset(FieldId(f"Address.{name}") for name in ("lines", "postcode", "start", "end", "use"))

WANTED: Final = Wanted(
    fields=HEAD.fields | fields_of(("chronology",)) | _PLACES,
    lists=HEAD.lists | {"chronology", "addresses"},
    ids=True,
    beside=frozenset({"emergency_access"}),
)
"""The whole of each event, and the days of addresses, to count moves by."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event: what is recorded, what the rules suggest, and what somebody made of it."""

    event: ChronologyEvent
    age: int | None
    service: str
    source: str
    rules: tuple[Rule, ...]
    made: Made | None
    key: Key | None

    @property
    def what(self) -> str:
        """Say what happened."""
        return self.event.title or plainly(self.event.kind)


async def lines_of(visit: Visit, person: Person) -> list[Line]:
    """Give a line for every event that was shown, as the source's answers order them."""
    events = person.chronology() or []
    made = await made_of(visit, person, WANTED)
    born, masked = person.birth()
    of_each = zip(events, names(events), made, strict=True)
    return [_line(event, None if masked else born, key, of_it) for event, key, of_it in of_each]


def _line(event: ChronologyEvent, born: date | None, key: Key | None, made: Made | None) -> Line:
    return Line(
        event,
        age_on(born, event.date) if event.date else None,
        SERVICES[service_of(event)].label,
        event.provenance.name if event.provenance else "",
        suggested(event),
        made,
        key,
    )


HEADINGS: Final = (
    "Date",
    "Until",
    "Age",
    "Service",
    "Source",
    "Kind",
    "What happened",
    "What the source wrote",
    "Needs it names",
    "Strengths it names",
    "What was done",
    "What came of it",
    "Suggested by rule",
    "Suggested as",
    "Judged",
    "As",
    "By",
    "Why",
)


def row_of(line: Line) -> tuple[object, ...]:
    """Give a line as a row of a table, under HEADINGS."""
    event, made = line.event, line.made
    return (
        event.date,
        event.end_date,
        line.age,
        line.service,
        line.source,
        plainly(event.kind),
        line.what,
        event.summary,
        "; ".join(told(event.needs)),
        "; ".join(told(event.strengths)),
        event.action_taken,
        event.outcome,
        ", ".join(rule.letter for rule in line.rules),
        line.rules[0].takes_for.value if line.rules else "",
        ("Confirmed" if made.judgement.confirmed else "Dismissed") if made else "",
        made.judgement.significance.value if made else "",
        made.who if made else "",
        (made.note or "Not shown to you") if made else "",
    )

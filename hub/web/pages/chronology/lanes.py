"""The picture of a chronology: a lane a service, time from left to right, the child's age beneath. Pure geometry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.web.pages.chronology.filters import SIGNIFICANT
from schema.person import age_on
from schema.records import ChronologyEvent
from schema.services import SERVICES, Service

WIDTH: Final = 960
LEFT: Final = 150
RIGHT: Final = 24
TOP: Final = 10
LANE: Final = 38
AXIS: Final = 44
MOST_TICKS: Final = 12
SHORTEST: Final = timedelta(days=365)
ENDLESS: Final = date(2200, 1, 1)
"""Systems write 31.12.9999 where they have no day: such an event is in the list, and in no picture."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in its lane: a mark, or a bar where it lasted."""

    x: float
    width: float
    grave: bool
    says: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A service's lane; what is marked is drawn last, over whatever else was on that day."""

    label: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the axis, and how old the child was when it began."""

    x: float
    year: int
    age: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture, in units of its own."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    first: date
    last: date


def picture(events: Sequence[ChronologyEvent], born: date | None, today: date) -> Picture | None:
    """Draw events that have a date; none where none has."""
    dated = [e for e in events if e.date is not None and e.date < ENDLESS]
    if not dated:
        return None
    first = min(e.date for e in dated if e.date)
    last = max(today, *(e.date for e in dated if e.date))
    scale = _Scale(first, max(last, first + SHORTEST))
    services = sorted({service_of(e) for e in dated}, key=lambda s: SERVICES[s].order)
    lanes = tuple(
        Lane(
            SERVICES[service].label,
            TOP + place * LANE,
            tuple(sorted((_mark(e, scale) for e in dated if service_of(e) == service), key=lambda m: m.grave)),
        )
        for place, service in enumerate(services)
    )
    height = TOP + len(lanes) * LANE + AXIS
    return Picture(WIDTH, height, lanes, tuple(_ticks(scale, born)), first, last)


def service_of(event: ChronologyEvent) -> Service:
    """Give the service whose record an event is."""
    if event.provenance is not None:
        return event.provenance.service
    return event.service or next(iter(SERVICES))


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def _mark(event: ChronologyEvent, scale: _Scale) -> Mark:
    begun = event.date or scale.first
    x = scale.x(begun)
    width = max(0.0, scale.x(event.end_date) - x) if event.end_date and event.end_date > begun else 0.0
    what = event.title or (event.kind.means.rstrip(".") if event.kind else "Event")
    return Mark(x, round(width, 1), event.kind in SIGNIFICANT, f"{begun:%d.%m.%Y}: {what}")


def _ticks(scale: _Scale, born: date | None) -> Iterable[Tick]:
    years = range(scale.first.year + 1, scale.last.year + 1)
    step = max(1, -(-len(years) // MOST_TICKS))
    for year in years[::step]:
        begins = date(year, 1, 1)
        yield Tick(scale.x(begins), year, age_on(born, begins))

"""How the agencies write days and instants, and when each last brought its data up to date."""

from datetime import UTC, date, datetime, time, timedelta

from hub.demo.agencies import AS_OF_HOUR, Source
from hub.demo.lives import Life


def iso(day: date | None) -> str | None:
    """Write a day as ``2026-01-31``; none stays none."""
    return day.isoformat() if day else None


def iso_or_blank(day: date | None) -> str:
    """Write a day as ``2026-01-31``; none as an empty text."""
    return day.isoformat() if day else ""


def british(day: date | None) -> str:
    """Write a day as ``31/01/2026``; none as an empty text."""
    return day.strftime("%d/%m/%Y") if day else ""


def instant(day: date, hour: int = AS_OF_HOUR, *, millis: bool = False) -> str:
    """Write an instant of a day in UTC as ``2026-01-31T02:00:00Z``, with ``.000`` where wanted."""
    return f"{day.isoformat()}T{hour:02}:00:00{'.000' if millis else ''}Z"


def last_night(today: date) -> date:
    """Give the day before, when systems were brought up to date: of today a moment ahead would not be believed."""
    return today - timedelta(days=1)


def as_of(today: date) -> datetime:
    """Give the instant at which every system was last brought up to date."""
    return datetime.combine(last_night(today), time(AS_OF_HOUR), UTC)


def last_day(life: Life, source: Source, otherwise: date) -> date:
    """Give the last day on which anything about somebody changed at a source."""
    days = [h.day for h in life.happenings if h.source is source]
    days += [s.end or s.start for s in life.spells if s.source is source]
    return max(days, default=otherwise)

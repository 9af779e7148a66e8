"""Figures: how the hub serves those who use it, day by day, counted from the ledger. Nothing else is kept for it.

Whole days that are past are counted once in a process; the day that goes on, once a minute. Nobody is named: who asked
is read only to tell how long after a search they had their first answer.
"""

import weakref
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import select

from hub.audit.canonical import instant
from hub.audit.entries import Ended, Kind
from hub.audit.export import RECORDS, rows
from hub.governance.acting import Acting
from hub.governance.breaking_glass import GRANTED
from hub.governance.standing import ENGLAND
from hub.store.database import Database
from schema.outcomes import Outcome

FEWEST: Final = 5
"""A count of fewer, and more than none, is not told: it could point at somebody."""

SITTING: Final = timedelta(minutes=30)
"""An answer this long after a search is another sitting's."""

EVERY: Final = timedelta(minutes=1)

_SILENT: Final = frozenset({Outcome.UNAVAILABLE.value, Outcome.TIMED_OUT.value})


@dataclass(slots=True)
class Day:
    """What was counted of a day, or of several together; times are counted by tenths of a second."""

    answers: int = 0
    full: Counter[int] = field(default_factory=Counter)
    first: Counter[int] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    searches: int = 0
    found: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    emergencies: int = 0

    def add(self, other: "Day") -> None:
        """Count another day in."""
        self.answers += other.answers
        self.searches += other.searches
        self.found += other.found
        self.emergencies += other.emergencies
        for name in ("full", "first", "asked", "answered", "refusals"):
            getattr(self, name).update(getattr(other, name))


def middle(times: Counter[int], share: float = 0.5) -> float | None:
    """Give the time in seconds within which a share of the answers came; none where there are too few to tell."""
    count = sum(times.values())
    if count < FEWEST:
        return None
    passed = 0
    for tenths in sorted(times):
        passed += times[tenths]
        if passed >= count * share:
            break
    return tenths / 10


_KEPT: Final[MutableMapping[Database, dict[date, tuple[datetime, Day]]]] = weakref.WeakKeyDictionary()


async def days(acting: Acting, first: date, last: date) -> dict[date, Day]:
    """Count each day from one to another, both in it, as days are in England."""
    now, kept = acting.clock(), _KEPT.setdefault(acting.database, {})
    found = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        at, counted = kept.get(day, (None, None))
        over = at is not None and at >= _end(day)
        if counted is None or at is None or not (over or now - at < EVERY):
            counted = await _counted(acting.database, day)
            kept[day] = (now, counted)
        found[day] = counted
    return found


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ENGLAND).astimezone(UTC)


async def _counted(database: Database, day: date) -> Day:
    begins = datetime.combine(day, time(), ENGLAND).astimezone(UTC)
    query = (
        select(RECORDS.c.kind, RECORDS.c.body)
        .where(RECORDS.c.at >= instant(begins), RECORDS.c.at < instant(_end(day)), RECORDS.c.body.is_not(None))
        .order_by(RECORDS.c.at)
    )
    async with database.snapshot() as connection:
        return tally([(Kind(row["kind"]), orjson.loads(row["body"])) async for row in rows(connection, query)])


def tally(entries: Iterable[tuple[Kind, Mapping[str, Any]]]) -> Day:
    """Count some entries of the ledger, oldest first. Pure."""
    day, begun, searched = Day(), dict[str, Mapping[str, Any]](), dict[str, datetime]()
    told = set[tuple[str, str]]()
    for kind, body in entries:
        match kind:
            case Kind.INTENT:
                begun[body["record_id"]] = body
            case Kind.SEARCH:
                day.searches += 1
                day.found += bool(body["presented"])
                if body["presented"]:
                    searched.setdefault(body["actor"], datetime.fromisoformat(body["at"]))
            case Kind.OUTCOME:
                _answer(day, body, begun.get(body["intent_id"]), searched, told)
            case Kind.EVENT:
                day.emergencies += body["name"] == GRANTED
    return day


def _answer(
    day: Day,
    outcome: Mapping[str, Any],
    intent: Mapping[str, Any] | None,
    searched: dict[str, datetime],
    told: set[tuple[str, str]],
) -> None:
    """Count one answer; one that somebody left before it came is none. Of a part that left its sources are counted.

    A source of which something left in several parts is counted once: ``told`` are those that were.
    """
    if outcome["ended"] in {Ended.ABANDONED.value, Ended.FAILED.value}:
        return
    part = outcome["ended"] == Ended.PART.value
    day.answers += not part
    services: dict[str, str] = {}
    if intent is not None and not part:
        at = datetime.fromisoformat(outcome["at"])
        day.full[_tenths(at - datetime.fromisoformat(intent["at"]))] += 1
        search = searched.pop(intent["actor"], None)
        if search is not None and at - search <= SITTING:
            day.first[_tenths(at - search)] += 1
    if intent is not None:
        services = {source["source"]: source["service"] for source in intent["sources"] if source["called"]}
    for source in outcome["sources"]:
        if (outcome["intent_id"], source["source"]) in told:
            continue
        told.add((outcome["intent_id"], source["source"]))
        service = services.get(source["source"])
        if service is not None:
            day.asked[service] += 1
            day.answered[service] += source["outcome"] not in _SILENT
        if source["reason"]:
            day.refusals[source["reason"]] += 1


def _tenths(passed: timedelta) -> int:
    return max(0, round(passed.total_seconds() * 10))

"""What an officer fills in to ask the ledger: a child or a worker, a period, and which of an agency's sources."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from connectors.source import SourceConfig
from hub.audit.accesses import Which
from hub.governance.acting import CannotBeDone
from hub.graphql.governing.people import of_own_agency
from hub.web.pages.rendering import LONDON
from hub.web.pages.visit import Visit

_ID: Final = re.compile(r"[0-9a-f-]{8,64}")
_NONE: Final = date.min
_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(2200, 1, 1)
"""Days between which a period can be: beyond them the calendar ends."""
NOBODY: Final = "No source of your agency's knows a child by that id. Copy the whole address of the child's page"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in England, as they were typed and as moments; none where none was."""

    since_typed: str
    until_typed: str
    since: datetime | None
    until: datetime | None


def period(given: Mapping[str, str], wrong: dict[str, str]) -> Period:
    """Read a period; both days are in it."""
    since, until = given.get("since", ""), given.get("until", "")
    last = _day(until, "until", wrong)
    return Period(since, until, _start(_day(since, "since", wrong)), _start(last and last + timedelta(days=1)))


def _day(typed: str, name: str, wrong: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = _NONE
    if day is not None and not _FIRST <= day < _LAST:
        wrong[name] = "Write a day, or leave it empty"
        return None
    return day


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LONDON).astimezone(UTC) if day else None


def sources_of(visit: Visit) -> dict[str, SourceConfig]:
    """Give the sources of the officer's own agency."""
    every = (source.config for source in visit.governing.preparer.sources)
    return {one.id: one for one in every if one.agency == visit.who.organisation}


def names(visit: Visit) -> dict[str, str]:
    """Give what organisations are called, as far as their sources say; the others go by their ids."""
    return {source.config.agency: source.config.owner for source in visit.governing.preparer.sources}


async def ids_of(visit: Visit, typed: str) -> frozenset[str] | None:
    """Give every id of a child named by id or by the address of a page; none for one of whom nothing is to be told."""
    found = [part for part in typed.strip().split("/") if _ID.fullmatch(part)]
    try:
        return await of_own_agency(visit.governing, found[0] if found else "", visit.who)
    except CannotBeDone:
        return None


def about_child(visit: Visit, ids: frozenset[str], when: Period) -> Which:
    """Give which accesses of a child concern the officer's agency: its workers' questions, and its sources."""
    subjects = frozenset(map(visit.governing.acting.pseudonyms.subject, ids))
    own = (visit.who.organisation, frozenset(sources_of(visit)))
    return Which(subjects, concerning=own, since=when.since, until=when.until)

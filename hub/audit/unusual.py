"""Unusual use: what in a period of the ledger somebody should look at. A sign is a question to ask, never a verdict.

Pure: accesses in, signs out. Whether somebody looked for a colleague, a namesake or themselves cannot be told from
pseudonyms: that is noticed when the question is asked, and left for review then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from hub.audit.accesses import Access
from hub.audit.entries import Kind
from hub.audit.pseudonyms import Pseudonym

ENGLAND: Final = ZoneInfo("Europe/London")
OPENS, CLOSES = 7, 20
"""Working hours in England; duty teams work at any hour, so out of hours is a sign and no more."""

SATURDAY: Final = 5
MANY: Final = 20
"""People somebody may open in a day before it is a sign at all."""

TIMES: Final = 3
"""How many times the median of their role's days makes a day a sign."""


class Sign(StrEnum):
    """What was unusual."""

    OUT_OF_HOURS = "OUT_OF_HOURS"
    NO_BUSINESS = "NO_BUSINESS"
    VOLUME = "VOLUME"


MEANS: Final[Mapping[Sign, str]] = {
    Sign.OUT_OF_HOURS: "Asked at a weekend, or before seven or after eight in the evening in England.",
    Sign.NO_BUSINESS: "A person was opened with whom the asker had no allocation, team, reference or reason on record.",
    Sign.VOLUME: "Many more people were opened in a day than others of that role usually open.",
}


@dataclass(frozen=True, slots=True)
class Unusual:
    """One sign: who, on which day, how often, and the first entry to look at."""

    sign: Sign
    day: str
    actor: Pseudonym
    role: str
    organisation: str
    count: int
    record_id: str


def unusual(found: Iterable[Access]) -> tuple[Unusual, ...]:
    """Give the signs in some accesses, newest day first."""
    days: dict[tuple[Pseudonym, str], list[Access]] = defaultdict(list)
    for access in found:
        days[access.actor, _day(access)].append(access)
    opened = {key: _people(day) for key, day in days.items()}
    usual: dict[str, list[int]] = defaultdict(list)
    for key, day in days.items():
        usual[day[0].role].append(opened[key])
    signs: list[Unusual] = []
    for key, day in days.items():
        often = {Sign.OUT_OF_HOURS: [a for a in day if out_of_hours(a.at)]}
        often[Sign.NO_BUSINESS] = [a for a in day if not a.business]
        if opened[key] > max(MANY, TIMES * median(usual[day[0].role])):
            often[Sign.VOLUME] = [a for a in day if a.kind is Kind.INTENT]
        signs += [_sign(sign, some, key[1], opened[key]) for sign, some in often.items() if some]
    return tuple(sorted(signs, key=lambda one: (one.day, one.sign, one.actor), reverse=True))


def out_of_hours(at: str) -> bool:
    """Say whether a moment of the ledger is outside working hours in England. Bank holidays are not known here."""
    then = datetime.fromisoformat(at).astimezone(ENGLAND)
    return then.weekday() >= SATURDAY or not OPENS <= then.hour < CLOSES


def _day(access: Access) -> str:
    return datetime.fromisoformat(access.at).astimezone(ENGLAND).date().isoformat()


def _people(day: Iterable[Access]) -> int:
    return len({access.subject for access in day if access.subject})


def _sign(sign: Sign, some: list[Access], day: str, people: int) -> Unusual:
    first = min(some, key=lambda access: access.at)
    count = people if sign is Sign.VOLUME else len(some)
    return Unusual(sign, day, first.actor, first.role, first.organisation, count, first.record_id)

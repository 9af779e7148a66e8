"""Patterns over time, counted from what is recorded: each says what it counted, and none says what it means. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Final

from schema.records import Address, ChronologyEvent, EventKind

YEAR: Final = timedelta(days=365)
GAP: Final = timedelta(days=183)
"""Six months."""
JOINED: Final = timedelta(days=31)
"""Help that begins within so many days after other help ended is one move, from the one to the other."""

_MISSED: Final = re.compile(
    r"did not attend|not attended|was not brought|not brought|\bdna\b|\bwnb\b|missed", re.IGNORECASE
)

LEVELS: Final = (
    "no targeted help",
    "early help",
    "a child in need plan",
    "a child protection plan",
    "being looked after",
)
_STEPS: Final = {
    EventKind.EARLY_HELP_START: (1, True),
    EventKind.EARLY_HELP_END: (1, False),
    EventKind.CHILD_IN_NEED_START: (2, True),
    EventKind.CHILD_IN_NEED_END: (2, False),
    EventKind.CHILD_PROTECTION_START: (3, True),
    EventKind.CHILD_PROTECTION_END: (3, False),
    EventKind.LOOKED_AFTER_START: (4, True),
    EventKind.LOOKED_AFTER_END: (4, False),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was counted, and the days it was counted over."""

    name: str
    says: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A move over a threshold: on a day, from one level of help to another."""

    day: date
    before: int
    after: int

    @property
    def up(self) -> bool:
        """Say whether it was a step up."""
        return self.after > self.before

    @property
    def says(self) -> str:
        """Say it in words."""
        return f"Stepped {'up' if self.up else 'down'} from {LEVELS[self.before]} to {LEVELS[self.after]}"


def patterns(events: Sequence[ChronologyEvent], addresses: Iterable[Address], today: date) -> list[Pattern]:
    """Give every pattern that is there."""
    found = (_referrals(events), _missed(events), _addresses(addresses, today), _gaps(events))
    return [pattern for pattern in found if pattern is not None]


def _referrals(events: Iterable[ChronologyEvent]) -> Pattern | None:
    days = sorted({e.date for e in events if e.kind is EventKind.REFERRAL and e.date})
    close = sum(after - before <= YEAR for before, after in pairwise(days))
    if not close:
        return None
    says = f"{len(days)} referrals; {close} of them within twelve months of the one before."
    return Pattern("Repeat referrals", says, tuple(days))


def _missed(events: Iterable[ChronologyEvent]) -> Pattern | None:
    days = [e.date for e in events if e.date and any(t and _MISSED.search(t) for t in (e.title, e.summary, e.outcome))]
    if not days:
        return None
    events_say = "event says" if len(days) == 1 else "events say"
    says = f"{len(days)} {events_say} that the child did not attend or was not brought."
    return Pattern("Missed appointments", says, tuple(sorted(days)))


def _addresses(addresses: Iterable[Address], today: date) -> Pattern | None:
    """Count moves by the first day any source has an address from; one address spelt twice is counted once."""
    first: dict[str, date] = {}
    for one in addresses:
        key = "".join((one.postcode or one.lines or "").split()).casefold()
        if key and one.start:
            first[key] = min(one.start, first.get(key, one.start))
    days = sorted(first.values())[1:]
    if not days:
        return None
    late = sum(today - day <= 2 * YEAR for day in days)
    moves = f"{len(days)} {'change' if len(days) == 1 else 'changes'} of address"
    return Pattern("Address changes", f"{moves} by postcode; {late or 'none'} in the last two years.", tuple(days))


def _gaps(events: Iterable[ChronologyEvent]) -> Pattern | None:
    """Find stretches of more than six months in which nothing began and nothing lasted."""
    spans = sorted((e.date, e.end_date or e.date) for e in events if e.date)
    found: list[tuple[date, date]] = []
    reached = spans[0][1] if spans else date.max
    for begun, ended in spans:
        if begun - reached > GAP:
            found.append((reached, begun))
        reached = max(reached, ended)
    if not found:
        return None
    said = "; ".join(f"{a:%B %Y} to {b:%B %Y}" for a, b in found)
    return Pattern("Gaps of more than six months", f"No event is recorded from {said}.", tuple(a for a, _ in found))


def moves(events: Iterable[ChronologyEvent]) -> list[Move]:
    """Give the moves between levels of help, oldest first; a short time without any between two is one move."""
    open_now, level = dict.fromkeys(range(len(LEVELS)), 0), 0
    found: list[Move] = []
    steps = sorted(((e.date, *_STEPS[e.kind]) for e in events if e.date and e.kind in _STEPS), key=lambda s: s[0])
    for day, of_day in groupby(steps, key=lambda step: step[0]):
        for _, which, begins in of_day:
            open_now[which] = open_now[which] + 1 if begins else max(0, open_now[which] - 1)
        after = max((which for which, held in open_now.items() if held), default=0)
        if after != level:
            found.append(Move(day, level, after))
            level = after
    return _joined(found)


def _joined(found: Sequence[Move]) -> list[Move]:
    joined: list[Move] = []
    for move in found:
        last = joined[-1] if joined else None
        if last and not last.after and last.before and move.day - last.day <= JOINED:
            joined.pop()
            if last.before != move.after:
                joined.append(Move(move.day, last.before, move.after))
        else:
            joined.append(move)
    return joined

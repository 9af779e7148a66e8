"""Looks of one sitting, told as one: the same worker, for the same purpose, with no long pause between. Pure.

Each page of a child that a worker turns to is a question of its own in the ledger. A family asks who looked, and is
told of a visit to the record once, with how many looks it was: nothing is left out, and nothing is said nine times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.audit.reports import Look
from schema.outcomes import Outcome

PAUSE: Final = timedelta(minutes=30)
"""A longer pause than this between two looks begins another sitting."""

SAID: Final[dict[str, str]] = {
    Outcome.RECORDS.means: "Showed something to them",
    Outcome.STALE.means: "Answered from old information",
    Outcome.BROKERED.means: "Showed nothing; they were told whom to ring",
    Outcome.WITHHELD.means: "Was not allowed to show them anything",
    Outcome.NONE_HELD.means: "Had nothing to show them",
    Outcome.NOT_COVERED.means: "Keeps nothing about children of this age or area",
    Outcome.UNIDENTIFIED.means: "Could not tell whether it knows this child",
    Outcome.TIMED_OUT.means: "Did not answer in time",
    Outcome.UNAVAILABLE.means: "Could not be reached",
}
"""What became of asking a service, as a family reads it, what shows most first: the ledger's words are for workers."""

_ORDER: Final = {means: place for place, means in enumerate(SAID)}


@dataclass(frozen=True, slots=True)
class Sitting:
    """Looks that are told as one, the first first."""

    looks: tuple[Look, ...]

    @property
    def began(self) -> datetime:
        """Give when the first look was."""
        return datetime.fromisoformat(self.looks[0].at)

    @property
    def ended(self) -> datetime:
        """Give when the last look was."""
        return datetime.fromisoformat(self.looks[-1].at)

    @property
    def became(self) -> tuple[str, ...]:
        """Say how the looks ended, each ending once."""
        return tuple(dict.fromkeys(look.ended for look in self.looks))

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Say what became of asking each service, those alike together.

        Of a service asked more than once it is what showed most: what was seen once was seen.
        """
        most: dict[str, str] = {}
        for one in (told for look in self.looks for told in look.told):
            before = most.setdefault(one.service, one.outcome)
            most[one.service] = min(before, one.outcome, key=_ORDER.__getitem__)
        alike: dict[str, list[str]] = {}
        for service, outcome in most.items():
            alike.setdefault(outcome, []).append(service)
        return tuple((SAID[outcome], ", ".join(alike[outcome])) for outcome in sorted(alike, key=_ORDER.__getitem__))


def sittings(looks: Iterable[Look]) -> list[Sitting]:
    """Put looks together by sitting; ``looks`` come the oldest first, and so do the sittings."""
    found: list[list[Look]] = []
    latest: dict[tuple[object, ...], list[Look]] = {}
    for look in looks:
        who = (look.actor, look.organisation, look.role, look.stated, look.basis)
        sitting = latest.get(who)
        if sitting is None or _at(look) - _at(sitting[-1]) > PAUSE:
            sitting = latest[who] = []
            found.append(sitting)
        sitting.append(look)
    return [Sitting(tuple(each)) for each in found]


def _at(look: Look) -> datetime:
    return datetime.fromisoformat(look.at)

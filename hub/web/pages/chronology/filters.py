"""What of a chronology is wanted: services, kinds, a period, or what is significant alone. Nothing of the child."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from schema.records import ChronologyEvent, EventKind
from schema.services import Service

SIGNIFICANT: Final = frozenset(
    {
        EventKind.REFERRAL,
        EventKind.SECTION_47,
        EventKind.CONFERENCE,
        EventKind.CHILD_IN_NEED_START,
        EventKind.CHILD_PROTECTION_START,
        EventKind.CHILD_PROTECTION_END,
        EventKind.LOOKED_AFTER_START,
        EventKind.LOOKED_AFTER_END,
        EventKind.PLACEMENT,
        EventKind.EXCLUSION,
        EventKind.NOT_IN_EDUCATION,
        EventKind.YOUTH_JUSTICE,
        EventKind.HOMELESSNESS,
        EventKind.POLICE_INCIDENT,
        EventKind.MISSING,
    }
)
"""Kinds of event that the page marks: a list anybody can read, and no judgement of a child."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; nothing chosen is everything."""

    service: Service | None = None
    kind: EventKind | None = None
    since: date | None = None
    until: date | None = None
    significant: bool = False
    newest: bool = False

    @property
    def any(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.service or self.kind or self.since or self.until or self.significant)

    def kept(self, events: Iterable[ChronologyEvent]) -> list[ChronologyEvent]:
        """Give the events wanted; an undated one is in every period."""
        return [e for e in events if self._wants(e)]

    def _wants(self, event: ChronologyEvent) -> bool:
        service = event.provenance.service if event.provenance else event.service
        return (
            (self.service is None or service == self.service)
            and (self.kind is None or event.kind is self.kind)
            and (self.since is None or event.date is None or (event.end_date or event.date) >= self.since)
            and (self.until is None or event.date is None or event.date <= self.until)
            and (not self.significant or event.kind in SIGNIFICANT)
        )


def read(query: Mapping[str, str]) -> Filters:
    """Read the filters' form; what is not a filter filters nothing."""
    service, kind = query.get("service", ""), query.get("kind", "")
    return Filters(
        Service(service) if service in {s.value for s in Service} else None,
        EventKind[kind] if kind in EventKind.__members__ else None,
        _day(query.get("since", "")),
        _day(query.get("until", "")),
        query.get("significant") == "yes",
        query.get("order") == "newest",
    )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None

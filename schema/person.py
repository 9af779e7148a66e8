"""A person, as the hub can show them to this requester for this purpose."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import date
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import strawberry

from schema.fields import CATALOGUE, FieldId, Held, RecordName
from schema.governance.consent_told import ServiceConsent
from schema.governance.emergency_access import EmergencyAccess
from schema.records.chronology import ChronologyEvent, EventKind
from schema.records.flag import Flag
from schema.records.identity import Address, Birth, Identifier, PersonName, Sex, Use
from schema.records.involvement import Involvement, Status
from schema.records.provenance import Provenance, Record
from schema.records.relationship import Relationship
from schema.relative import Relative
from schema.rows import keys_of, only, some_of
from schema.services import SERVICES, Service
from schema.sizes import sized
from schema.sources import SourceAnswer
from schema.tables import Keys
from schema.withheld import Withheld

V = TypeVar("V")

_SERVICE_ORDER = {service: place for place, service in enumerate(SERVICES)}
_EVENT_ORDER = {kind: place for place, kind in enumerate(EventKind)}
_USE_ORDER = {Use.CURRENT: 0, None: 1, Use.ALIAS: 2, Use.FORMER: 3}
_STATUS_ORDER: dict[Status | None, int] = {Status.CURRENT: 0, Status.UNKNOWN: 1, Status.HISTORIC: 2, None: 1}


_SERVICES = strawberry.argument(description="These services only.")
_PLACES = {"involvements": "held_involvements", "chronology": "held_events"}


def most_held(values: Iterable[V | None]) -> V | None:
    """Give the value most sources hold; the first of equals, none if nobody holds one."""
    counted = Counter(v for v in values if v is not None)
    return counted.most_common(1)[0][0] if counted else None


def age_on(born: date | None, today: date) -> int | None:
    """Age in whole years, none before birth or where the date is unknown."""
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


PARTS: dict[str, RecordName] = {
    "names": RecordName("PersonName"),
    "births": RecordName("Birth"),
    "addresses": RecordName("Address"),
    "identifiers": RecordName("Identifier"),
    "relationships": RecordName("Relationship"),
    "flags": RecordName("Flag"),
    "involvements": RecordName("Involvement"),
    "chronology": RecordName("ChronologyEvent"),
}
"""The lists of a person and the kind of record each holds."""

DERIVED: dict[str, FieldId] = {
    "date_of_birth": FieldId("Birth.date_of_birth"),
    "expected_date_of_birth": FieldId("Birth.expected_date_of_birth"),
    "age": FieldId("Birth.date_of_birth"),
    "sex": FieldId("Birth.sex"),
}
"""A person's summary fields and the governed field each is drawn from."""

FAMILY = "family"
"""The relatives put together, from what ``relationships`` holds."""


def _drawn(name: str) -> Any:
    source = CATALOGUE[DERIVED[name]]
    return strawberry.field(
        description=f"{source.means[:-1]}, as most of the sources shown to you hold it.",
        directives=[Held(kind=source.kind, label=source.label)],
    )


@strawberry.type(description="A person, as the hub can show them to you for this purpose.")
class Person:
    """A person: what each source holds, and what was not shown."""

    id: strawberry.ID = strawberry.field(description="The hub's opaque id for the person.")
    names: list[PersonName] | None = strawberry.field(
        description="Names, by source.", default=None, directives=[sized(3)]
    )
    births: list[Birth] | None = strawberry.field(
        description="Birth details, by source.", default=None, directives=[sized(5)]
    )
    addresses: list[Address] | None = strawberry.field(
        description="Addresses, by source: every open one first.", default=None, directives=[sized(5)]
    )
    identifiers: list[Identifier] | None = strawberry.field(
        description="Identifiers, by source.", default=None, directives=[sized(5)]
    )
    relationships: list[Relationship] | None = strawberry.field(
        description="Family and household, by source; each person is decided on separately.",
        default=None,
        directives=[sized(10)],
    )
    flags: list[Flag] | None = strawberry.field(
        description="What a worker must know before acting.", default=None, directives=[sized(5)]
    )
    sources: list[SourceAnswer] = strawberry.field(
        description="What became of asking each source. Null data is explained here.",
        default_factory=list,
        directives=[sized(10)],
    )
    withheld: list[Withheld] = strawberry.field(
        description="What was asked for and not shown, and why.", default_factory=list, directives=[sized(20)]
    )
    consent: list[ServiceConsent] = strawberry.field(
        description="What the family said about sharing, for each service whose records are shown to you.",
        default_factory=list,
        directives=[sized(10)],
    )
    emergency_access: EmergencyAccess | None = strawberry.field(
        description="Your own emergency access to this person's records, while one is open.", default=None
    )
    held_involvements: strawberry.Private[list[Involvement] | None] = field(default=None)
    held_events: strawberry.Private[list[ChronologyEvent] | None] = field(default=None)
    held_family: strawberry.Private[list[Relative] | None] = field(default=None)
    today: strawberry.Private[date] = field(default=date.min)
    masked_births: strawberry.Private[frozenset[str]] = field(default=frozenset())
    untold: strawberry.Private[dict[str, frozenset[Service]]] = field(default_factory=dict)

    def birth(self) -> tuple[date | None, bool]:
        """Give the date of birth most sources show whole, else the one shown by its year, and whether it is that."""
        told = [
            (b.date_of_birth, b.provenance is not None and b.provenance.source in self.masked_births)
            for b in self.births or ()
        ]
        whole = most_held(day for day, masked in told if not masked)
        return (whole, False) if whole is not None else (most_held(day for day, _ in told), True)

    def _none(self, part: str, services: list[Service] | None) -> list[Any] | None:
        """Give an empty list, or null where the silence of one of these services is not the same as holding none."""
        untold = self.untold.get(part, frozenset())
        return None if untold and (services is None or untold & set(services)) else []

    def hold(self, part: str, records: Sequence[Any]) -> None:
        """Put a list in its place; one that is never put there stays null."""
        setattr(self, _PLACES.get(part, part), records)

    @_drawn("date_of_birth")
    def date_of_birth(self) -> date | None:
        """Give the date of birth most sources hold."""
        return self.birth()[0]

    @_drawn("expected_date_of_birth")
    def expected_date_of_birth(self) -> date | None:
        """Give the expected date of birth most sources hold."""
        return most_held(b.expected_date_of_birth for b in self.births or ())

    @_drawn("age")
    def age(self) -> int | None:
        """Give the age today in whole years; none where only the year of birth may be shown."""
        born, masked = self.birth()
        return None if masked else age_on(born, self.today)  # counted from a year alone it may be wrong by one

    @_drawn("sex")
    def sex(self) -> Sex | None:
        """Give the sex most sources record."""
        return most_held(b.sex for b in self.births or ())

    @strawberry.field(description="Which services are involved: current first, then historic.", directives=[sized(20)])
    def involvements(
        self,
        services: Annotated[list[Service] | None, _SERVICES] = None,
        status: Annotated[Status | None, strawberry.argument(description="Current or historic ones only.")] = None,
    ) -> list[Involvement] | None:
        """Give involvements, current first, narrowed by service and status."""
        if self.held_involvements is None:
            return None
        tests: Tests = {} if services is None else {"provenance": _from_one_of(services)}
        if status is not None:
            tests["status"] = lambda its: its is status
        return self._left("involvements", only(self.held_involvements, tests), services)

    @strawberry.field(
        description="Family and household put together, each relative once: current first, then past.",
        directives=[sized(10)],
    )
    def family(
        self, status: Annotated[Status | None, strawberry.argument(description="Current or past ones only.")] = None
    ) -> list[Relative] | None:
        """Give relatives, narrowed by whether the relationship is of now."""
        if self.held_family is None:
            return None
        left = [r for r in self.held_family if status is None or r.status() is status]
        return left or self._none("relationships", None)

    @strawberry.field(description="What happened, oldest first.", directives=[sized(200)])
    def chronology(
        self,
        services: Annotated[list[Service] | None, _SERVICES] = None,
        since: Annotated[date | None, strawberry.argument(description="First day; undated events are kept.")] = None,
        until: Annotated[date | None, strawberry.argument(description="Last day; undated events are kept.")] = None,
    ) -> list[ChronologyEvent] | None:
        """Give chronology events, oldest first, narrowed by service and period."""
        if self.held_events is None or (services is None and since is None and until is None):
            return self.held_events
        tests: Tests = {} if services is None else {"provenance": _from_one_of(services)}
        if since is not None or until is not None:
            first, last = since or date.min, until or date.max
            tests["date"] = lambda day: day is None or first <= day <= last
        return self._left("chronology", only(self.held_events, tests), services)

    def _left(self, part: str, left: Sequence[Any], services: list[Service] | None) -> list[Any] | None:
        """Give what is left of a list: records, or rows that stand for them."""
        return cast("list[Any]", left) if len(left) else self._none(part, services)


Tests: TypeAlias = dict[str, Callable[[Any], bool]]


def _from_one_of(services: list[Service]) -> Callable[[Provenance | None], bool]:
    return lambda its: its is None or its.service in services


def _place(its: Provenance | None) -> int:
    return _SERVICE_ORDER.get(its.service, 99) if its else 99


def _latest(day: date | None) -> int:
    return -(day.toordinal() if day else 0)


_PLACED = "provenance", _place
_ORDERS: dict[str, Keys] = {
    "involvements": (("status", _STATUS_ORDER.__getitem__), _PLACED, ("start", _latest)),
    "chronology": (("date", lambda day: day or date.max), ("kind", lambda kind: _EVENT_ORDER.get(kind, 0)), _PLACED),
    "addresses": (("use", _USE_ORDER.__getitem__), _PLACED, ("start", _latest)),
    "names": (("use", _USE_ORDER.__getitem__), _PLACED),
}
"""The fields that the records of a list are put in order by, what counts most first; else it is their service."""


def in_order(part: str, records: Sequence[Record]) -> Sequence[Record]:
    """Put a person's list in its order: what is current first; chronologies oldest first; else by service."""
    if len(records) < 2:  # noqa: PLR2004 -- one is in order
        return records
    keys: Sequence[Any] = keys_of(records, _ORDERS.get(part, (_PLACED,)))
    return some_of(records, sorted(range(len(keys)), key=keys.__getitem__))  # equals stay as they are

"""The one read that opens and closes every question: the epoch, the rules in force, and what is decided of people.

Consent, decisions not to share, objections and open grants come back together, each a row of the same columns, so
that they are of one instant and cost one hop.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    String,
    Table,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import Select

from hub.governance.allocations import Allocation
from hub.governance.break_glass import LONGEST, GlassReason, Grant
from hub.governance.consent import Consent
from hub.governance.epoch import EPOCH
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objections import Objection, ObjectionReason
from hub.governance.rows import agencies, day, kinds, purposes, services
from hub.governance.second_person import SecondPerson
from hub.store.database import table
from hub.store.one_hop import OneHop, moment
from hub.store.seconds import Now
from hub.store.tables.business import AllocationRow, SecondPersonRow
from hub.store.tables.governance import ConsentRow, GrantRow, NotSharingRow, ObjectionRow, PolicyVersion
from policies.facts import ConsentState, ObjectionState

VERSION = table(PolicyVersion)
CONSENT, NOT_SHARING = table(ConsentRow), table(NotSharingRow)
OBJECTION, GRANT = table(ObjectionRow), table(GrantRow)
ALLOCATION, SECOND_PERSON = table(AllocationRow), table(SecondPersonRow)

BAD_ROW = (KeyError, ValueError, TypeError, AttributeError, AssertionError)
"""What reading a row raises that says what nobody can understand."""

CONSENTS, NOT_SHARED, OBJECTED, GRANTED, ALLOCATED, AGREED = "C", "N", "O", "B", "A", "S"


class StandingRow(NamedTuple):
    """One row of the read; ``what`` says of what, and is null where nothing is decided of anybody."""

    epoch: int
    policy_version: str
    now: int
    what: str | None
    person_id: str
    number: int
    at: datetime | str | None
    start: date | str | None
    ending: date | str | None
    reviewed: date | str | None
    id: str
    who: str
    state: str
    reason: str
    services: str
    kinds: str
    agencies: str
    purposes: str
    how: str
    by: str
    relationship: str
    capacity: str
    evidence: str


_TYPES: Mapping[str, Any] = {"number": BigInteger(), "at": DateTime(timezone=True)} | dict.fromkeys(
    ("start", "ending", "reviewed"), Date()
)
_PLACES = StandingRow._fields[3:]


def _part(what: str, source: Table, **given: str) -> Select[Any]:
    """Give one kind of row: which of its columns stands in which place; the other places are null."""
    places = {"person_id": "person_id", "id": "id"} | given
    columns: list[ColumnElement[Any]] = [literal_column(f"'{what}'").label("what")]
    for place in _PLACES[1:]:
        column = source.c[places[place]] if place in places else cast(null(), _TYPES.get(place, String()))
        columns.append(column.label(place))
    return select(*columns)


CONSENT_PART = _part(
    CONSENTS,
    CONSENT,
    number="sequence",
    at="recorded_at",
    start="given",
    ending="expires",
    reviewed="reviewed",
    who="giver",
    state="state",
    reason="reason",
    services="services",
    kinds="kinds",
    agencies="recipients",
    purposes="purposes",
    how="method",
    by="recorded_by",
    relationship="relationship",
    capacity="capacity",
    evidence="evidence",
)
_NOT_SHARING = _part(
    NOT_SHARED,
    NOT_SHARING,
    start="start",
    ending="review",
    reason="reason",
    services="services",
    kinds="kinds",
    agencies="provider",
    by="decided_by",
)
_OBJECTION = _part(
    OBJECTED,
    OBJECTION,
    start="received",
    reviewed="assessed",
    state="state",
    reason="reason",
    services="services",
    agencies="provider",
    relationship="objector",
)
_GRANT = _part(
    GRANTED,
    GRANT,
    number="until",
    who="requester",
    state="role",
    reason="reason",
    agencies="owners",
    by="organisation",
)


_ALLOCATION = _part(
    ALLOCATED, ALLOCATION, start="start", ending="ending", who="worker", state="team", by="organisation"
)
_SECOND_PERSON = _part(AGREED, SECOND_PERSON, who="requester", by="organisation")


@lru_cache(maxsize=256)
def standing_read(dialect: Dialect, people: int) -> OneHop:
    """Write the read for so many people, named ``p0``, ``p1`` and so on."""
    head = (EPOCH.c.value, VERSION.c.version, Now())
    active = EPOCH.join(VERSION, VERSION.c.active)
    if not people:
        nothing = [cast(null(), _TYPES.get(place, String())) for place in _PLACES]
        return OneHop(select(*head, *nothing).select_from(active), dialect)
    names: list[BindParameter[str]] = [bindparam(f"p{n}") for n in range(people)]
    told = union_all(
        CONSENT_PART.where(CONSENT.c.person_id.in_(names)),
        _NOT_SHARING.where(NOT_SHARING.c.person_id.in_(names), NOT_SHARING.c.ended_at.is_(None)),
        _OBJECTION.where(OBJECTION.c.person_id.in_(names)),
        _GRANT.where(GRANT.c.person_id.in_(names), *_lasting(GRANT)),
        _ALLOCATION.where(ALLOCATION.c.person_id.in_(names)),
        _SECOND_PERSON.where(SECOND_PERSON.c.person_id.in_(names), *_lasting(SECOND_PERSON)),
    ).subquery("told")
    return OneHop(select(*head, *told.c).select_from(active.outerjoin(told, true())), dialect)


def _lasting(source: Table) -> tuple[ColumnElement[bool], ...]:
    """Say which rows last now: begun, not over, and for an hour at most, whatever was written into them.

    SQLite sorts a text after every number, so a text lasts no longer than a moment too far away does.
    """
    began, until, now = source.c.began, source.c.until, Now()
    hour = literal_column(str(LONGEST * 60), BigInteger())
    return began <= now, until > now, until <= began + hour


def consent_of(row: StandingRow) -> Consent:
    """Read a consent."""
    recorded_at = moment(row.at)
    assert recorded_at is not None  # noqa: S101 -- the column is not nullable
    return Consent(
        row.person_id,
        row.who,
        ConsentState(row.state),
        services(row.services),
        purposes(row.purposes),
        agencies(row.agencies),
        row.how,
        row.by,
        recorded_at,
        day(row.ending),
        row.number,
        kinds(row.kinds),
        GiverRelationship[row.relationship],
        Capacity[row.capacity],
        row.evidence,
        day(row.start),
        day(row.reviewed),
        ConsentReason[row.reason] if row.reason else None,
        row.id,
    )


def not_sharing_of(row: StandingRow) -> NotSharing:
    """Read a decision not to share."""
    start, review = day(row.start), day(row.ending)
    assert start is not None  # noqa: S101 -- the columns are not nullable
    assert review is not None  # noqa: S101 -- the same
    reason = NotSharingReason[row.reason]
    return NotSharing(
        row.id, row.person_id, row.agencies, services(row.services), kinds(row.kinds), reason, start, review, row.by
    )


def objection_of(row: StandingRow) -> Objection:
    """Read an objection."""
    received = day(row.start)
    assert received is not None  # noqa: S101 -- the column is not nullable
    return Objection(
        row.id,
        row.person_id,
        row.agencies,
        services(row.services),
        GiverRelationship[row.relationship],
        received,
        ObjectionState(row.state),
        day(row.reviewed),
        ObjectionReason[row.reason] if row.reason else None,
    )


def grant_of(row: StandingRow) -> Grant:
    """Read an open grant."""
    if type(row.number) is not int:  # SQLite keeps whatever it is given
        raise ValueError("until")
    owners = agencies(row.agencies)
    return Grant(row.id, row.person_id, row.who, row.state, row.by, owners, GlassReason[row.reason], row.number)


def allocation_of(row: StandingRow) -> Allocation:
    """Read an allocation."""
    start = day(row.start)
    assert start is not None  # noqa: S101 -- the column is not nullable
    return Allocation(row.id, row.person_id, row.by, row.who, row.state, start, day(row.ending))


def second_person_of(row: StandingRow) -> SecondPerson:
    """Read a second person's agreement."""
    return SecondPerson(row.person_id, row.who, row.by)

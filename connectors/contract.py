"""The contract between the hub and any agency's system.

A connector is code for one kind of system; a source is a connector configured for one agency.
The verbs are ``locate``, ``fetch``, ``health`` and, where a system feeds the index, ``identities``.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol, TypeAlias, runtime_checkable

from schema.fields import FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    Flag,
    Identifier,
    IdentifierSystem,
    Involvement,
    PersonName,
    Relationship,
)

LocalId = NewType("LocalId", str)
"""A source's own id for a person: opaque to the hub."""

Held: TypeAlias = PersonName | Birth | Address | Identifier | Relationship | Flag | Involvement | ChronologyEvent
"""The records a source may give at the top of a reply; others travel inside these."""


@dataclass(frozen=True, slots=True)
class Name:
    """A given and a family name in use now or before."""

    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What identifies a person: to look them up at a source, or as a source's index feed gives them.

    ``names`` and ``postcodes`` hold the current one first, then former ones.
    """

    names: tuple[Name, ...] = ()
    date_of_birth: date | None = None
    expected_date_of_birth: date | None = None
    sex: str | None = None
    postcodes: tuple[str, ...] = ()
    address: str | None = None
    identifiers: tuple[tuple[IdentifierSystem, str], ...] = ()
    mother_local_id: LocalId | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """One person in a source's index feed. ``changed`` orders the feed; ``labels`` protect the person."""

    local_id: LocalId
    traits: Traits
    changed: datetime | None = None
    labels: frozenset[Label] = frozenset()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """Exactly one person at the source satisfies the traits."""

    local_id: LocalId


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one person could be meant; the source does not guess."""

    count: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """The source was able to look and knows no such person."""


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Too little is known of the person for this source to look: it may hold them all the same."""


Located: TypeAlias = Matched | Ambiguous | Unknown | TooLittle


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to one source: these people, these fields and no others.

    The asker owns the deadline and cancels the call; a connector cleans up when cancelled.
    """

    people: tuple[LocalId, ...]
    fields: frozenset[FieldId]
    today: date


@dataclass(frozen=True, slots=True)
class Rejected:
    """A value the source gave that could not be read: where and why, never the value."""

    place: str
    code: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A source's answer. ``records`` has an entry, maybe empty, for each person it knows: a tuple, or rows.

    A person asked about and missing from ``records`` is not known to the source. ``as_of`` is when the
    source's data was last brought up to date; ``stale`` says it is older than it should be;
    ``complete`` is false where a cap cut the answer.
    """

    records: Mapping[LocalId, Sequence[Held]]
    as_of: datetime | None = None
    complete: bool = True
    stale: bool = False
    rejected: tuple[Rejected, ...] = ()


class Freshness(StrEnum):
    """How current a source's answers are."""

    LIVE = "LIVE"
    DAILY = "DAILY"
    PERIODIC = "PERIODIC"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connector, as configured, can do: data, not flags to be guessed."""

    fields: frozenset[FieldId]
    locates_by: frozenset[IdentifierSystem] = frozenset()
    feeds_index: bool = False
    batch_size: int = 100
    freshness: Freshness = Freshness.LIVE


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a source can be asked now; ``code`` is stable and safe to show."""

    ok: bool
    code: str = "ok"
    as_of: datetime | None = None


@runtime_checkable
class Connector(Protocol):
    """A kind of agency system, configured for one source."""

    @property
    def capabilities(self) -> Capabilities:
        """Say what this source can answer."""
        ...

    async def locate(self, traits: Traits) -> Located:
        """Find one person by traits; never guess."""
        ...

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for a batch of people, only the asked fields."""
        ...

    def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield the people the source knows, changed since then, for the index. Empty where it gives no feed."""
        ...

    async def health(self) -> Health:
        """Say whether the source can be asked now; never raise for an ordinary outage."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """A source's budgets: seconds, calls at once, bytes, records."""

    deadline: float = 3.0
    connect: float = 1.0
    concurrency: int = 16
    bytes: int = 2 * 1024 * 1024
    records: int = 5_000
    depth: int = 64

    def within(self, deadline: float) -> "Limits":
        """Give the same budgets for what may take no longer than this: a directory beside a source."""
        return replace(self, deadline=min(deadline, self.deadline), connect=min(deadline, self.connect))

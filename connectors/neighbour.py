"""Another authority's hub as a source: it answers for several sources of its own, and decides again by its own rules.

So it is told who asks and why, and beside records it says what became of asking each of its sources. What it says is
shown as its word, and only of what this hub's own rules let be asked.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from connectors.contract import Ask, Connector, LocalId, Located, Reply, Traits
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.sources import Coverage, TeamContact

QUESTION_ID = "Hub-Question-ID"
"""The header that a hub gives back with its answer as it came, under a name that no proxy writes over."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """For whom and why a question is asked, as the other hub is told; ``until`` is on the monotonic clock.

    ``subject`` is a pseudonym of the user, until ``known_at`` one that no other hub could be told them by; ``through``
    are the hubs the question came through, the latest first.
    """

    subject: str = field(repr=False)
    role: str
    organisation: str
    purpose: Purpose
    reference: str | None = field(repr=False)
    trace: str
    through: tuple[str, ...] = ()
    until: float = field(default=0.0, compare=False)

    @property
    def left(self) -> float:
        """Give the seconds left."""
        return self.until - time.monotonic()

    def known_at(self, hub: str) -> "AskedFor":
        """Give the same with the user's pseudonym at one hub: two that lay theirs side by side join nobody by it."""
        named = hashlib.blake2b(hub.encode(), key=self.subject.encode()[:64], digest_size=16)
        return replace(self, subject=named.hexdigest())


@dataclass(frozen=True, slots=True)
class Gap:
    """A field the other hub did not show whole: why, whether a part is shown or a team answers, and its decision."""

    reason: Reason
    masked: bool = False
    brokered: bool = False
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the other hub says became of asking one of its sources about one person; ``hub`` is what it is called."""

    hub: str
    outcome: Outcome
    reason: Reason | None = None
    as_of: datetime | None = None
    complete: bool = True
    coverage: Coverage | None = None
    contact: TeamContact | None = None
    gaps: Mapping[FieldId, Gap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody to be looked for, at these of the other hub's sources and by nothing that any other holds."""

    traits: Traits
    theirs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Looked:
    """Where each of several people is at the other hub, and what it says of its sources whoever is asked about."""

    located: Sequence[Located]
    said: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the other hub's sources: what it is called there, and how it is decided on and shown here."""

    theirs: str
    config: SourceConfig


@dataclass(frozen=True, slots=True)
class PartAsk:
    """A question to one of the other hub's sources."""

    theirs: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class PartReply:
    """Its answer, and what the other hub says of it for each person it knows."""

    reply: Reply
    said: Mapping[LocalId, Said] = field(default_factory=dict)


@runtime_checkable
class Neighbour(Connector, Protocol):
    """A connector to another authority's hub."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Give the sources of the other hub that may be asked through it."""
        ...

    @property
    def hub(self) -> str:
        """Give what the other hub calls itself: users are told of there by names made for it."""
        ...

    async def locate_all(self, people: Sequence[Sought], asked_for: AskedFor) -> Looked:
        """Find people, each by their own sources alone, in as few questions as may be; never guess."""
        ...

    async def ask_all(self, asks: Sequence[PartAsk], asked_for: AskedFor) -> Sequence[PartReply]:
        """Ask several of its sources about several people, in as few questions as may be."""
        ...

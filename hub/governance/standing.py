"""Standing: what governance says at one instant, for the people asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from hub.governance.agreements import Agreements
from hub.governance.allocations import Allocation, allocated
from hub.governance.break_glass import Grant, open_grant
from hub.governance.consent import Consent, ConsentSummary, consent_by_kind, consent_state, consent_summary
from hub.governance.not_sharing import NotSharing, kinds_not_shared
from hub.governance.objections import Objection, objection_state
from hub.governance.second_person import SecondPerson, somebody_agreed
from policies.facts import ConsentState, NotToShare, ObjectionState, RelationshipState
from schema.kinds import Kind
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

ENGLAND: Final = ZoneInfo("Europe/London")

_NOBODY_SPOKE: Mapping[Kind, ConsentState] = MappingProxyType(dict.fromkeys(Kind, ConsentState.NOT_RECORDED))
_UNKNOWN: Mapping[Kind, ConsentState] = MappingProxyType(dict.fromkeys(Kind, ConsentState.UNAVAILABLE))
_NO_KINDS: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Unread:
    """The people of whom a row of each sort could not be understood: what depends on it is not known of them."""

    consents: frozenset[str] = frozenset()
    not_sharing: frozenset[str] = frozenset()
    objections: frozenset[str] = frozenset()


ALL_READ = Unread()


@lru_cache(maxsize=16)
def _day_in_england(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, ENGLAND).date()


@dataclass(frozen=True, slots=True)
class Standing:
    """The epoch, the rules in force, the agreements, and what is decided of the people asked about.

    ``now`` is the database's own clock in seconds: all replicas have the same. Every method takes all ids one
    person goes by.
    """

    epoch: int
    policy_version: str
    agreements: Agreements
    consents: tuple[Consent, ...]
    not_sharing: tuple[NotSharing, ...] = ()
    objections: tuple[Objection, ...] = ()
    grants: tuple[Grant, ...] = ()
    now: int = 0
    allocations: tuple[Allocation, ...] = ()
    agreed: tuple[SecondPerson, ...] = ()
    commenced: Mapping[LawfulBasis, date] = field(default_factory=dict)
    unread: Unread = ALL_READ
    faults: Mapping[str, int] = field(default_factory=dict)
    """How many rows that are about no person could not be understood, by a code; they count for nothing."""

    @property
    def at(self) -> datetime:
        """Give the database's time as a moment in UTC."""
        return datetime.fromtimestamp(self.now, UTC)

    @property
    def today(self) -> date:
        """Give the day it is in England by the database's clock: what ends on a day ends at its midnight there."""
        return _day_in_england(self.now)

    @property
    def named(self) -> frozenset[str]:
        """Give everybody of whom anything is said: of all others the same is true, whoever they are."""
        named = {row.person_id for row in self.consents} | {row.person_id for row in self.not_sharing}
        named |= {row.person_id for row in self.objections} | {row.person_id for row in self.grants}
        named |= {row.person_id for row in self.allocations} | {row.person_id for row in self.agreed}
        return frozenset(named | self.unread.consents | self.unread.not_sharing | self.unread.objections)

    def about(self, person_ids: frozenset[str]) -> "Standing":
        """Leave out what is said of anybody else."""
        return replace(
            self,
            consents=self._consents(person_ids),
            not_sharing=tuple(n for n in self.not_sharing if n.person_id in person_ids),
            objections=tuple(o for o in self.objections if o.person_id in person_ids),
            grants=tuple(g for g in self.grants if g.person_id in person_ids),
            allocations=tuple(a for a in self.allocations if a.person_id in person_ids),
            agreed=tuple(a for a in self.agreed if a.person_id in person_ids),
        )

    def consent_by_kind(
        self, person_ids: frozenset[str], service: Service, purpose: Purpose, recipient: str, today: date
    ) -> Mapping[Kind, ConsentState]:
        """Give the state of consent for each kind of data of one service."""
        if self.unread.consents & person_ids:
            return _UNKNOWN
        if not self.consents:
            return _NOBODY_SPOKE
        return consent_by_kind(self._consents(person_ids), service, purpose, recipient, today)

    def consent(
        self, person_ids: frozenset[str], service: Service, purpose: Purpose, recipient: str, today: date
    ) -> ConsentState:
        """Give the state of consent for any of a service's data."""
        if self.unread.consents & person_ids:
            return ConsentState.UNAVAILABLE
        if not self.consents:
            return ConsentState.NOT_RECORDED
        return consent_state(self._consents(person_ids), service, purpose, recipient, today)

    def consent_summary(
        self, person_ids: frozenset[str], service: Service, purpose: Purpose, recipient: str, today: date
    ) -> ConsentSummary:
        """Sum up what the family said, to be shown to the worker whatever the question rests on."""
        if self.unread.consents & person_ids:
            return ConsentSummary(ConsentState.UNAVAILABLE, frozenset(), frozenset(), None, None)
        return consent_summary(self._consents(person_ids), service, purpose, recipient, today)

    def not_shared(self, person_ids: frozenset[str], provider: str, service: Service, today: date) -> frozenset[Kind]:
        """Give the kinds of data that the provider decided not to share from this service; most often none."""
        if not self.not_sharing:
            return _NO_KINDS
        return kinds_not_shared(self.not_sharing, person_ids, provider, service, today)

    def not_to_share(self, person_ids: frozenset[str]) -> NotToShare:
        """Give what is so of every kind of data where ``not_shared`` does not bar it: NONE, or that it is not known."""
        return NotToShare.UNAVAILABLE if self.unread.not_sharing & person_ids else NotToShare.NONE

    def objection(self, person_ids: frozenset[str], provider: str, service: Service) -> ObjectionState:
        """Give what became of an objection to the provider's processing; NONE where nobody objected."""
        if self.unread.objections & person_ids:
            return ObjectionState.UNAVAILABLE
        if not self.objections:
            return ObjectionState.NONE
        return objection_state(self.objections, person_ids, provider, service)

    def break_glass(
        self, person_ids: frozenset[str], requester: str, role: str, organisation: str, owner: str
    ) -> Grant | None:
        """Give the open grant by which this worker may open this person's records at an agency; most often none."""
        return open_grant(self.grants, requester, role, organisation, person_ids, owner) if self.grants else None

    def allocated(
        self, person_ids: frozenset[str], worker: str, team: str | None, organisation: str, today: date
    ) -> RelationshipState:
        """Say whether the child is allocated to the worker or their team; NONE where to neither."""
        if not self.allocations:
            return RelationshipState.NONE
        return allocated(self.allocations, person_ids, worker, team, organisation, today)

    def second_person(self, person_ids: frozenset[str], requester: str, organisation: str) -> bool:
        """Say whether a colleague has agreed to this worker's looking at this person's records."""
        return bool(self.agreed) and somebody_agreed(self.agreed, person_ids, requester, organisation)

    def passing(self, person_ids: frozenset[str]) -> tuple[object, ...]:
        """Give what ends by itself and moves no epoch: the day, grants, second persons' agreements."""
        return (
            self.today,
            tuple(g for g in self.grants if g.person_id in person_ids),
            tuple(a for a in self.agreed if a.person_id in person_ids),
        )

    def _consents(self, person_ids: frozenset[str]) -> tuple[Consent, ...]:
        return tuple(c for c in self.consents if c.person_id in person_ids)

"""Consent: what the family agreed to. The newest word of each giver counts, a refusal before an agreement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from hub.governance.givers import Capacity, ConsentReason, GiverRelationship, may_give
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service


@dataclass(frozen=True, slots=True)
class Consent:
    """One giver's decision. Empty ``services`` means every service; the same for ``recipients`` and ``kinds``.

    ``giver`` is a word that tells the givers of one child apart, never a name. ``given`` is the day it was said,
    ``recorded_at`` when that was written down; for a withdrawal they and ``recorded_by`` say when and by whom.
    """

    person_id: str
    giver: str
    state: ConsentState
    services: frozenset[Service]
    purposes: frozenset[Purpose]
    recipients: frozenset[str]
    method: str
    recorded_by: str
    recorded_at: datetime
    expires: date | None = None
    sequence: int = field(default=0, compare=False)
    """The store's own count of decisions: it says which came later, whatever a replica's clock says."""
    kinds: frozenset[Kind] = frozenset()
    relationship: GiverRelationship = GiverRelationship.NOT_STATED
    capacity: Capacity = Capacity.NOT_STATED
    evidence: str = ""
    given: date | None = None
    reviewed: date | None = None
    reason: ConsentReason | None = None
    id: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse somebody who may not give it: a carer without parental responsibility, a child without capacity."""
        if not may_give(self.relationship, self.capacity):
            raise ValueError(f"capacity: {self.capacity.value} does not go with {self.relationship.value}")

    def covers(self, service: Service, purpose: Purpose, recipient: str, kind: Kind | None = None) -> bool:
        """Say whether the decision is about this; without a kind, whether it is about any of the service's data."""
        return (
            purpose in self.purposes
            and (not self.services or service in self.services)
            and (not self.recipients or recipient in self.recipients)
            and (not self.kinds or kind is None or kind in self.kinds)
        )


_MOST_RESTRICTIVE = (ConsentState.WITHDRAWN, ConsentState.REFUSED, ConsentState.GIVEN)


def in_order(consent: Consent) -> tuple[int, datetime, int]:
    """Order decisions; of two that nothing else tells apart the more restrictive is the newer."""
    return consent.sequence, consent.recorded_at, -_MOST_RESTRICTIVE.index(consent.state)


def newest_of_each(
    consents: Iterable[Consent], service: Service, purpose: Purpose, recipient: str, kind: Kind | None = None
) -> Mapping[str, Consent]:
    """Give each giver's newest word on this."""
    return {
        consent.giver: consent
        for consent in sorted(consents, key=in_order)
        if consent.covers(service, purpose, recipient, kind)
    }


def consent_state(
    consents: Iterable[Consent],
    service: Service,
    purpose: Purpose,
    recipient: str,
    today: date,
    kind: Kind | None = None,
) -> ConsentState:
    """Give the state of consent for one service: of several givers the most restrictive counts."""
    newest = newest_of_each(consents, service, purpose, recipient, kind).values()
    states = {_state_on(consent, today) for consent in newest}
    return next((s for s in _MOST_RESTRICTIVE if s in states), ConsentState.NOT_RECORDED)


def _state_on(consent: Consent, today: date) -> ConsentState:
    """Give what a word is worth on a day. What was agreed to begins and runs out; a refusal stays one."""
    if consent.state is not ConsentState.GIVEN:
        return consent.state
    begun = consent.given is None or consent.given <= today
    lasts = consent.expires is None or today <= consent.expires
    return ConsentState.GIVEN if begun and lasts else ConsentState.NOT_RECORDED


def consent_by_kind(
    consents: Iterable[Consent], service: Service, purpose: Purpose, recipient: str, today: date
) -> Mapping[Kind, ConsentState]:
    """Give the state of consent for each kind of data of one service."""
    told = tuple(consents)
    if all(not consent.kinds for consent in told):
        return dict.fromkeys(Kind, consent_state(told, service, purpose, recipient, today))
    return MappingProxyType({kind: consent_state(told, service, purpose, recipient, today, kind) for kind in Kind})


@dataclass(frozen=True, slots=True)
class ConsentSummary:
    """What a worker is told of the family's consent, whatever the question rests on: words, never who by name."""

    state: ConsentState
    refused_by: frozenset[GiverRelationship]
    given_by: frozenset[GiverRelationship]
    since: date | None
    expires: date | None

    @property
    def disagree(self) -> bool:
        """Whether one giver refused what another agreed to."""
        return bool(self.refused_by and self.given_by)


def consent_summary(
    consents: Iterable[Consent], service: Service, purpose: Purpose, recipient: str, today: date
) -> ConsentSummary:
    """Sum consent up for one service: a refusal is told even where a statute makes it no bar."""
    told = tuple(consents)
    state = consent_state(told, service, purpose, recipient, today)
    newest = newest_of_each(told, service, purpose, recipient).values()
    counting = [c for c in newest if _state_on(c, today) is state]
    return ConsentSummary(
        state,
        frozenset(c.relationship for c in newest if _state_on(c, today) in _TURNED_DOWN),
        frozenset(c.relationship for c in newest if _state_on(c, today) is ConsentState.GIVEN),
        max((c.given or c.recorded_at.date() for c in counting), default=None),
        min((c.expires for c in counting if c.expires), default=None),
    )


_TURNED_DOWN = frozenset({ConsentState.REFUSED, ConsentState.WITHDRAWN})

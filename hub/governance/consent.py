"""Consent: what the family agreed to. The newest word of each giver counts, a refusal before an agreement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from policies.facts import ConsentState
from schema.purposes import Purpose
from schema.services import Service


@dataclass(frozen=True, slots=True)
class Consent:
    """One giver's decision. Empty ``services`` means every service; the same for ``recipients``."""

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

    def covers(self, service: Service, purpose: Purpose, recipient: str) -> bool:
        """Say whether the decision is about this service, purpose and recipient."""
        return (
            purpose in self.purposes
            and (not self.services or service in self.services)
            and (not self.recipients or recipient in self.recipients)
        )


_MOST_RESTRICTIVE = (ConsentState.WITHDRAWN, ConsentState.REFUSED, ConsentState.GIVEN)


def _newer(consent: Consent) -> tuple[int, datetime, int]:
    """Order decisions; of two that nothing else tells apart the more restrictive is the newer."""
    return consent.sequence, consent.recorded_at, -_MOST_RESTRICTIVE.index(consent.state)


def consent_state(
    consents: Iterable[Consent], service: Service, purpose: Purpose, recipient: str, today: date
) -> ConsentState:
    """Give the state of consent for one service: of several givers the most restrictive counts."""
    newest: dict[str, Consent] = {}
    for consent in sorted(consents, key=_newer):
        if consent.covers(service, purpose, recipient):
            newest[consent.giver] = consent
    states = {ConsentState.NOT_RECORDED if c.expires and c.expires < today else c.state for c in newest.values()}
    return next((s for s in _MOST_RESTRICTIVE if s in states), ConsentState.NOT_RECORDED)

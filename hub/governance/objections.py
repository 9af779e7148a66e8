"""Objections to processing for a public task (UK GDPR Article 21): received, assessed, upheld or overruled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.governance.givers import GiverRelationship
from policies.facts import ObjectionState
from schema.governance.objection_reasons import ObjectionReason
from schema.services import Service

__all__ = [
    "Objection",
    "ObjectionReason",
    "objection_state",
]


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection to what a provider does. Empty ``services`` means every service of the provider's."""

    id: str
    person_id: str
    provider: str
    services: frozenset[Service]
    objector: GiverRelationship
    received: date
    state: ObjectionState = ObjectionState.RAISED
    assessed: date | None = None
    reason: ObjectionReason | None = None


_STRICTEST = (ObjectionState.UPHELD, ObjectionState.RAISED, ObjectionState.OVERRULED)


def objection_state(
    objections: Iterable[Objection], person_ids: frozenset[str], provider: str, service: Service
) -> ObjectionState:
    """Give the strictest state of the objections about a person at a service; one not yet assessed restricts."""
    states = {
        o.state
        for o in objections
        if o.person_id in person_ids and o.provider == provider and (not o.services or service in o.services)
    }
    return next((s for s in _STRICTEST if s in states), ObjectionState.NONE)

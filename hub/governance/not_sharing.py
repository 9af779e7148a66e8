"""Decisions not to share: an agency says that what it holds about a child stays with it, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schema.governance.not_sharing_reasons import NotSharingReason
from schema.kinds import Kind
from schema.services import Service

__all__ = [
    "NotSharing",
    "NotSharingReason",
    "kinds_not_shared",
]


@dataclass(frozen=True, slots=True)
class NotSharing:
    """One decision. Empty ``services`` means every service of the provider's; the same for ``kinds``.

    It stands until somebody ends it: past its review it is overdue, not over.
    """

    id: str
    person_id: str
    provider: str
    services: frozenset[Service]
    kinds: frozenset[Kind]
    reason: NotSharingReason
    start: date
    review: date
    decided_by: str


def kinds_not_shared(
    decisions: Iterable[NotSharing], person_ids: frozenset[str], provider: str, service: Service, today: date
) -> frozenset[Kind]:
    """Give the kinds of data about a person that a provider decided not to share from a service; most often none."""
    barred: set[Kind] = set()
    for decision in decisions:
        if (
            decision.person_id in person_ids
            and decision.provider == provider
            and decision.start <= today
            and (not decision.services or service in decision.services)
        ):
            barred |= decision.kinds or frozenset(Kind)
    return frozenset(barred)

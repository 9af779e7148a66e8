"""Allocations: that a worker, or their team, works with a child. One is why the worker may ask, without a reference."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from policies.facts import RelationshipState


@dataclass(frozen=True, slots=True)
class Allocation:
    """One allocation, to a worker by their credential's id or to a team by its name; days are inclusive."""

    id: str
    person_id: str
    organisation: str
    worker: str = field(repr=False)
    team: str
    start: date
    ending: date | None = None

    def stands_on(self, today: date) -> bool:
        """Say whether it stands on a day."""
        return self.start <= today and (self.ending is None or today <= self.ending)


def allocated(
    allocations: Iterable[Allocation],
    person_ids: frozenset[str],
    worker: str,
    team: str | None,
    organisation: str,
    today: date,
) -> RelationshipState:
    """Say whether a person is allocated to the worker (ALLOCATED) or to their team (TEAM) today; NONE otherwise."""
    mine = [
        a for a in allocations if a.person_id in person_ids and a.organisation == organisation and a.stands_on(today)
    ]
    if any(a.worker == worker for a in mine if a.worker):
        return RelationshipState.ALLOCATED
    if team and any(a.team == team for a in mine):
        return RelationshipState.TEAM
    return RelationshipState.NONE

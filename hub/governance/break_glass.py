"""Break-glass: one person's records opened for one worker, with a reason, for an hour at most, and looked at after.

It changes a fact, never a rule: what the law forbids stays forbidden. Time is the database's, so that no replica's
clock makes a grant longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from policies.vocabulary import Role
from schema.governance.emergency_reasons import GlassReason, ReviewOutcome

__all__ = [
    "ENTITLED",
    "IN_A_DAY",
    "LONGEST",
    "OVERDUE",
    "REVIEW_WITHIN",
    "GlassReason",
    "Grant",
    "ReviewOutcome",
    "open_grant",
    "short_of",
]

LONGEST: Final = 60
"""Minutes a grant may last."""

REVIEW_WITHIN: Final = 24 * 60 * 60
"""Seconds within which somebody else must have looked at it."""

OVERDUE: Final = 2
"""So many grants of one worker that nobody looked at in time, and they are given no other."""

IN_A_DAY: Final = 3
"""Grants one worker may have in 24 hours, of whomever: for more, a colleague asks."""

ENTITLED: Final = frozenset({Role.FRONT_DOOR_WORKER, Role.SOCIAL_WORKER, Role.POLICE_OFFICER, Role.HEALTH_PRACTITIONER})
"""Who may break glass: the roles that meet a child in danger. A closed list: another role is a change of this line."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that is open: whose, about whom, at which agencies, and until when by the database's clock.

    The words and the case reference are sealed in the store and not here.
    """

    id: str
    person_id: str
    requester: str = field(repr=False)
    role: str
    organisation: str
    owners: frozenset[str]
    reason: GlassReason
    until: int

    @property
    def ends(self) -> datetime:
        """Give its end as a moment in UTC, for the banner."""
        return datetime.fromtimestamp(self.until, UTC)

    @property
    def banner(self) -> str:
        """Give what the page says for as long as it is open; nothing in it is about the child."""
        why = self.reason.means[:-1]
        return f"Emergency access {short_of(self.id)} ({why}) ends at {self.ends:%H:%M} UTC. It is reviewed."


def short_of(grant_id: str) -> str:
    """Give what a grant is called for short: the end of its id, since ids of one moment begin alike."""
    return grant_id[-8:]


def open_grant(
    grants: Iterable[Grant], requester: str, role: str, organisation: str, person_ids: frozenset[str], owner: str
) -> Grant | None:
    """Give the grant by which a worker may open a person's records at an agency; none where there is none."""
    mine = (g for g in grants if (g.requester, g.role, g.organisation) == (requester, role, organisation))
    return next((g for g in mine if g.person_id in person_ids and owner in g.owners), None)

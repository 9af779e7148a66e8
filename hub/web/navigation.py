"""Where each role goes: the pages named at the head of every page. What a role may not open is not offered."""

from dataclasses import dataclass
from typing import Final

from policies.vocabulary import Role

EVERYBODY: Final = frozenset(Role)
OFFICERS: Final = frozenset({Role.IG_OFFICER})
WORKERS: Final = EVERYBODY - {Role.IG_OFFICER, Role.ANALYST}
"""Roles that may open a child's record; the other two never do."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is offered, and to whom."""

    path: str
    label: str
    roles: frozenset[Role]


WORKERS_LINKS: Final = (Link("/find", "Find a child", WORKERS),)

OFFICERS_LINKS: Final = (
    Link("/policies", "Policies", OFFICERS),
    Link("/emergency-reviews", "Emergency access", OFFICERS),
    Link("/audit", "Audit", OFFICERS),
    Link("/feedback/said", "Feedback", OFFICERS),
)

EVERYBODYS_LINKS: Final = (
    Link("/sources", "Sources", EVERYBODY),
    Link("/figures", "How is it going", EVERYBODY),
)


def links_for(role: str) -> tuple[Link, ...]:
    """Give the pages a role is offered, in their order; the first is where it begins."""
    return tuple(one for one in (*WORKERS_LINKS, *OFFICERS_LINKS, *EVERYBODYS_LINKS) if role in one.roles)


def opens_children(role: str) -> bool:
    """Say whether a role opens children's records, and so says why it asks."""
    return role in WORKERS

"""In what manner the endpoint answers, as the operator set it: which statuses, and whether questions come by GET."""

from dataclasses import dataclass
from enum import StrEnum


class Statuses(StrEnum):
    """Which HTTP statuses tell of a GraphQL request that is wrong."""

    SETTLED = "settled"
    """Those that clients have known for years and the public audits expect: 400, and 200 for a part."""
    EDITION_2026 = "2026"
    """Those of the first edition of GraphQL over HTTP: 422 for what is read and does not fit, 294 for a part."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the endpoint answers. ``automatic`` keeps questions by their digest, which is for development alone."""

    by_get: bool = False
    statuses: Statuses = Statuses.SETTLED
    automatic: bool = False

"""Withheld: what was asked for and not shown, and why."""

import strawberry

from schema.kinds import Kind
from schema.reasons import Reason
from schema.services import Service
from schema.sources import TeamContact


@strawberry.type(description="Something asked for that the rules did not let you see.")
class Withheld:
    """A gap and its reason; never a value."""

    path: str = strawberry.field(description="What was asked for, as in the query: `involvements.professionals.phone`.")
    service: Service = strawberry.field(description="Whose data it is.")
    source: strawberry.ID = strawberry.field(description="Which source's.")
    kind: Kind = strawberry.field(description="Which kind of data.")
    masked: bool = strawberry.field(description="Whether a part of it was shown instead, such as the year alone.")
    code: Reason = strawberry.field(description="Why.")
    reason: str = strawberry.field(description="Why, in words.")
    remedy: str = strawberry.field(description="What you can do next.")
    ring: TeamContact | None = strawberry.field(
        description="The team to ring instead, where the rules say that one answers and not the screen.", default=None
    )
    decision_id: strawberry.ID = strawberry.field(description="Quote this to ask how it was decided.")

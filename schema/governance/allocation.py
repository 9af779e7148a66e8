"""Allocations: who works with which child."""

from datetime import date

import strawberry


@strawberry.type(description="That a worker, or a team, works with a person.")
class Allocation:
    """One allocation; days are inclusive."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    organisation: str = strawberry.field(description="Whose worker or team it is.")
    worker: str = strawberry.field(description="The worker, by their id at sign-in; empty for a team.")
    team: str = strawberry.field(description="The team; empty for a worker.")
    start: date = strawberry.field(description="First day.")
    last: date | None = strawberry.field(description="Last day.", default=None)


@strawberry.input(description="An allocation to a worker or a team of your own agency.")
class AllocationInput:
    """An allocation to be recorded."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    worker: str = strawberry.field(description="The worker's id at sign-in; or name a team.", default="")
    team: str = strawberry.field(description="The team, as sign-in names it; or name a worker.", default="")
    start: date | None = strawberry.field(description="First day; today if none.", default=None)
    last: date | None = strawberry.field(description="Last day, where it is known.", default=None)

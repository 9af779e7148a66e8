"""Allocations: an agency says who of its own works with a child, and ends that again."""

from datetime import date
from typing import Annotated

import strawberry

from hub.governance.allocating import allocate, end_allocation
from hub.governance.allocations import Allocation
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.governance.allocation import AllocationInput
from schema.governance.recorded import Recorded

To = Annotated[AllocationInput, strawberry.argument(description="Who works with whom, from when.")]
Last = Annotated[date | None, strawberry.argument(description="Its last day; today if none.")]


async def _allocate(room: Governing, given: AllocationInput, by: Requester) -> str:
    await of_own_agency(room, str(given.person), by)
    made = Allocation(
        "", str(given.person), by.organisation, given.worker, given.team, given.start or room.today, given.last
    )
    return (await allocate(room.acting, made, by_of(by))).id


async def _end(room: Governing, allocation: str, last: date | None, by: Requester) -> str:
    await end_allocation(room.acting, allocation, last or room.today, by_of(by))
    return allocation


@strawberry.type
class AllocationMutations:
    """What may be done about who works with whom."""

    @strawberry.mutation(
        description="Record that a worker or a team of your agency works with a person.", extensions=[For(OFFICERS)]
    )
    async def allocate(self, info: Info, allocation: To) -> Recorded | None:
        """Allocate."""
        return await recorded(_allocate(info.context.governing, allocation, info.context.requester))

    @strawberry.mutation(description="End an allocation of your agency's.", extensions=[For(OFFICERS)])
    async def end_allocation(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
        last: Last = None,
    ) -> Recorded | None:
        """End an allocation."""
        return await recorded(_end(info.context.governing, str(id), last, info.context.requester))

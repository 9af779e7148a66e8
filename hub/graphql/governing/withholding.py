"""Decisions not to share, and objections to what an agency does: both its own officers' to record."""

from typing import Annotated

import strawberry

from hub.governance.acting import CannotBeDone
from hub.governance.not_sharing import NotSharing
from hub.governance.objecting import assess, receive
from hub.governance.objections import Objection
from hub.governance.withholding import decide_not_to_share, share_again
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.people import of_own_agency, words
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from policies.facts import ObjectionState
from schema.governance.not_sharing import NotSharingInput
from schema.governance.objection import Assessment, ObjectionInput
from schema.governance.objection_reasons import ObjectionReason
from schema.governance.recorded import Recorded
from schema.services import Service

LONGEST = 2_000
"""Characters of the words that are sealed beside a decision or an objection."""

Decision = Annotated[NotSharingInput, strawberry.argument(description="What is not to be shared, and why.")]
Raised = Annotated[ObjectionInput, strawberry.argument(description="What was objected to.")]
CameTo = Annotated[Assessment, strawberry.argument(description="What it came to.")]
Because = Annotated[ObjectionReason, strawberry.argument(description="Why it came to that.")]


def _own(room: Governing, services: list[Service], by: Requester) -> frozenset[Service]:
    """Give services of the officer's own agency; CannotBeDone where one is another's."""
    own = {s.config.service for s in room.preparer.sources if s.config.agency == by.organisation}
    if not own >= set(services):
        raise CannotBeDone("not-yours", "a service is not your agency's")
    return frozenset(services)


async def decided(room: Governing, given: NotSharingInput, by: Requester) -> str:
    """Record a decision of the officer's own agency not to share; gives its id."""
    await of_own_agency(room, str(given.person), by)
    text, start = words("text", given.text, LONGEST), given.start or room.today
    services, kinds = _own(room, given.services, by), frozenset(given.kinds)
    decision = NotSharing(
        "", str(given.person), by.organisation, services, kinds, given.reason, start, given.review, by.subject
    )
    return await decide_not_to_share(room.acting, decision, text, by_of(by))


async def shared_again(room: Governing, decision: str, by: Requester) -> str:
    """End a decision not to share of the officer's own agency."""
    await share_again(room.acting, decision, by_of(by))
    return decision


async def received(room: Governing, given: ObjectionInput, by: Requester) -> str:
    """Record an objection to what the officer's own agency does; gives its id."""
    await of_own_agency(room, str(given.person), by)
    text, day = words("text", given.text, LONGEST), given.received or room.today
    services = _own(room, given.services, by)
    objection = Objection("", str(given.person), by.organisation, services, given.objector, day)
    return await receive(room.acting, objection, text, by_of(by))


async def assessed(room: Governing, objection: str, came_to: Assessment, reason: ObjectionReason, by: Requester) -> str:
    """Say what an objection to what the officer's own agency does came to."""
    await assess(room.acting, objection, ObjectionState[came_to.name], reason, room.today, by_of(by))
    return objection


@strawberry.type
class WithholdingMutations:
    """What may be done about sharing at all."""

    @strawberry.mutation(
        description="Record your agency's decision not to share something about a person.", extensions=[For(OFFICERS)]
    )
    async def decide_not_to_share(self, info: Info, decision: Decision) -> Recorded | None:
        """Decide not to share."""
        return await recorded(decided(info.context.governing, decision, info.context.requester))

    @strawberry.mutation(description="End a decision not to share of your agency's.", extensions=[For(OFFICERS)])
    async def share_again(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> Recorded | None:
        """Share again."""
        return await recorded(shared_again(info.context.governing, str(id), info.context.requester))

    @strawberry.mutation(
        description="Record an objection to what your agency does; until it is assessed, it restricts.",
        extensions=[For(OFFICERS)],
    )
    async def receive_objection(self, info: Info, objection: Raised) -> Recorded | None:
        """Receive an objection."""
        return await recorded(received(info.context.governing, objection, info.context.requester))

    @strawberry.mutation(
        description="Say what an objection to what your agency does came to, once.", extensions=[For(OFFICERS)]
    )
    async def assess_objection(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
        came_to: CameTo,
        reason: Because,
    ) -> Recorded | None:
        """Assess an objection."""
        return await recorded(assessed(info.context.governing, str(id), came_to, reason, info.context.requester))

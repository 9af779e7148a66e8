"""What an organisation's lead is to look at, and what they found."""

from typing import Annotated

import strawberry

from hub.governance.acting import By
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.reviews.items import Kept, close, items
from schema.governance.recorded import Recorded
from schema.governance.review import ReviewItem
from schema.governance.review_kinds import ReviewedAs

Closed = Annotated[bool | None, strawberry.argument(description="Whether those closed are wanted too.")]
Found = Annotated[ReviewedAs, strawberry.argument(description="What you found.")]


def _published(kept: Kept) -> ReviewItem:
    item = kept.item
    return ReviewItem(
        id=strawberry.ID(kept.id),
        about=item.about,
        says=item.about.means,
        detail=item.detail,
        actor=item.actor,
        subject=item.subject or None,
        reference=item.reference,
        at=kept.at,
        closed_at=kept.closed_at,
        outcome=kept.outcome,
    )


async def _close(room: Governing, item: str, outcome: ReviewedAs, by: By) -> str:
    await close(room.acting, item, outcome, by)
    return item


@strawberry.type
class ReviewQueries:
    """What may be asked of review items."""

    @strawberry.field(description="What your agency's lead is to look at, newest first: by reference only.")
    async def review_items(self, info: Info, closed: Closed = None) -> list[ReviewItem]:
        """List review items."""
        database, own = info.context.governing.acting.database, info.context.requester.organisation
        return [_published(kept) for kept in await items(database, own, closed=bool(closed))]


@strawberry.type
class ReviewMutations:
    """What may be done about review items."""

    @strawberry.mutation(
        description="Say what you found of a review item of your agency; never of one about yourself.",
        extensions=[For(OFFICERS)],
    )
    async def close_review_item(self, info: Info, id: RecordId, outcome: Found) -> Recorded | None:  # noqa: A002 -- the schema's word
        """Close a review item."""
        by = by_of(info.context.requester)
        return await recorded(_close(info.context.governing, str(id), outcome, by))

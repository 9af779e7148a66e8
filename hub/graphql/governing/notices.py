"""Notices to an agency's information governance lead."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from hub.governance.acting import Note
from hub.governance.notices import seen, waiting
from hub.graphql.context import Info
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.room import by_of
from schema.governance.notice import Notice
from schema.governance.recorded import Recorded

Ids = Annotated[list[strawberry.ID], strawberry.argument(description="The notices' ids.")]


@strawberry.type
class NoticeQueries:
    """What may be asked of notices."""

    @strawberry.field(description="What your agency's lead is told of and nobody has seen yet, oldest first.")
    async def notices(self, info: Info) -> list[Notice]:
        """List notices."""
        database, own = info.context.governing.acting.database, info.context.requester.organisation
        return [
            Notice(id=strawberry.ID(n.id), about=n.about, reference=n.reference, at=datetime.fromtimestamp(n.at, UTC))
            for n in (await waiting(database, own)).found
        ]


@strawberry.type
class NoticeMutations:
    """What may be done about notices."""

    @strawberry.mutation(
        description="Mark notices to your agency's lead as seen; any other is left as it is.",
        extensions=[For(OFFICERS)],
    )
    async def mark_notices_seen(self, info: Info, ids: Ids) -> list[Recorded] | None:
        """Mark notices as seen."""
        acting, by = info.context.governing.acting, by_of(info.context.requester)
        mine = [n for n in (await waiting(acting.database, by.organisation)).found if n.id in ids]
        if mine:
            await acting.note(by, *(Note("notice-seen", n.id) for n in mine))
            await seen(acting.database, mine)
        return [Recorded(id=strawberry.ID(n.id)) for n in mine]

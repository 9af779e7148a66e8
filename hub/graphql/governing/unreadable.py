"""What is stored and cannot be read, as far as it concerns the asker's agency: which rows, never what stands there."""

import strawberry

from hub.governance.allocating import allocations
from hub.governance.breaking_glass import tasks
from hub.governance.commencement import commencements_in
from hub.governance.listing import Faulty
from hub.governance.notices import waiting
from hub.governance.objecting import objections
from hub.governance.withholding import decisions
from hub.graphql.context import Info
from schema.governance.unreadable import UnreadableRecord


def unreadable_of(found: Faulty) -> UnreadableRecord:
    """Give a row that cannot be read as it is published."""
    return UnreadableRecord(
        what=found.what, id=strawberry.ID(found.id) if found.id else None, columns=list(found.columns)
    )


@strawberry.type
class UnreadableQueries:
    """What may be asked of what cannot be read."""

    @strawberry.field(
        description="What is stored, concerns your agency or nobody, and cannot be read. Of one person's consents,"
        " `person` tells it."
    )
    async def unreadable(self, info: Info) -> list[UnreadableRecord]:
        """List rows that are wrong."""
        acting, own = info.context.governing.acting, info.context.requester.organisation
        grants = [one for one in (await tasks(acting)).faulty if own in one.agencies]
        mine: list[Faulty] = [*(await waiting(acting.database, own)).faulty]
        mine += (await decisions(acting, provider=own)).faulty
        mine += (await objections(acting, provider=own)).faulty
        mine += (await allocations(acting, organisation=own)).faulty
        begun = (await commencements_in(acting.database)).faulty
        return [unreadable_of(one) for one in (*grants, *mine, *begun)]

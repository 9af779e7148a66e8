"""An emergency access as the worker whose it is sees it: which, until when, and what the page says meanwhile."""

from datetime import datetime

import strawberry


@strawberry.type(description="Emergency access of yours to this person's records, which is open now and is reviewed.")
class EmergencyAccess:
    """An open emergency access of one's own."""

    reference: strawberry.ID = strawberry.field(description="Its id: quote it, or end it by it.")
    ends: datetime = strawberry.field(description="When it ends (UTC).")
    banner: str = strawberry.field(description="What to show for as long as it is open; nothing in it is of the child.")

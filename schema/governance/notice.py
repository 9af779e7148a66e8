"""Notices to information governance leads: by reference only."""

from datetime import datetime

import strawberry


@strawberry.type(description="Something your agency's lead is told of, by reference only.")
class Notice:
    """One notice nobody has seen yet."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    about: str = strawberry.field(description="Of what sort it is.")
    reference: str = strawberry.field(description="The id of what it is about.")
    at: datetime = strawberry.field(description="When it was left (UTC).")

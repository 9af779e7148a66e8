"""Something an organisation's lead is to look at: by reference, with pseudonyms and nothing of a record."""

from datetime import datetime

import strawberry

from schema.governance.review_kinds import ReviewAbout, ReviewedAs


@strawberry.type(description="Something your agency's lead is to look at, by reference only.")
class ReviewItem:
    """One thing to look at."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    about: ReviewAbout = strawberry.field(description="Of what sort it is.")
    says: str = strawberry.field(description="The same in words.")
    detail: str = strawberry.field(description="What was counted, where something was; else empty.")
    actor: str = strawberry.field(description="The worker, system or organisation, by the name the ledger gives them.")
    subject: str | None = strawberry.field(description="The person concerned, by the ledger's name; none if none.")
    reference: str = strawberry.field(description="The question in the ledger: the id of its request.")
    at: datetime = strawberry.field(description="When it was raised (UTC).")
    closed_at: datetime | None = strawberry.field(description="When somebody had looked; none where nobody has.")
    outcome: ReviewedAs | None = strawberry.field(description="What they found.")

"""Decisions not to share."""

from datetime import date

import strawberry

from schema.governance.not_sharing_reasons import NotSharingReason
from schema.kinds import Kind
from schema.services import Service


@strawberry.type(description="An agency's decision not to share something about a person.")
class DecisionNotToShare:
    """One decision that stands."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    provider: str = strawberry.field(description="The agency that decided.")
    services: list[Service] = strawberry.field(description="Which of its services; all if none.")
    kinds: list[Kind] = strawberry.field(description="Which kinds of data; all if none.")
    reason: NotSharingReason = strawberry.field(description="Why.")
    start: date = strawberry.field(description="From when.")
    review: date = strawberry.field(description="When it is to be looked at again.")
    decided_by: str = strawberry.field(description="Who decided, by their id at sign-in.")


@strawberry.input(description="A decision of your own agency not to share.")
class NotSharingInput:
    """A decision to be recorded."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    reason: NotSharingReason = strawberry.field(description="Why.")
    text: str = strawberry.field(description="Why in words, up to 2000 characters; they are kept sealed.")
    review: date = strawberry.field(description="When it is to be looked at again.")
    services: list[Service] = strawberry.field(description="Which of your services; all if none.", default_factory=list)
    kinds: list[Kind] = strawberry.field(description="Which kinds of data; all if none.", default_factory=list)
    start: date | None = strawberry.field(description="From when; today if none.", default=None)

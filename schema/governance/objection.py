"""Objections to processing for a public task (UK GDPR Article 21)."""

from datetime import date

import strawberry

from schema.described import Described, closed_list
from schema.governance.givers import GiverRelationship
from schema.governance.objection_reasons import ObjectionReason
from schema.services import Service


@closed_list
class Assessment(Described):
    """What an objection came to."""

    UPHELD = "UPHELD", "It stands: the processing ends."
    OVERRULED = "OVERRULED", "It does not stand, for the reason given."


@strawberry.type(description="An objection to what an agency does with a person's data.")
class Objection:
    """One objection and what it came to."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    provider: str = strawberry.field(description="The agency whose processing it is about.")
    services: list[Service] = strawberry.field(description="Which of its services; all if none.")
    objector: GiverRelationship = strawberry.field(description="Who objected.")
    received: date = strawberry.field(description="When it was received.")
    state: str = strawberry.field(description="RAISED until it is assessed; then UPHELD or OVERRULED.")
    assessed: date | None = strawberry.field(description="When it was assessed.", default=None)
    reason: ObjectionReason | None = strawberry.field(description="Why it came to that.", default=None)


@strawberry.input(description="An objection to what your own agency does.")
class ObjectionInput:
    """An objection as it was received."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    objector: GiverRelationship = strawberry.field(description="Who objects.")
    text: str = strawberry.field(description="What they said, up to 2000 characters; it is kept sealed.")
    services: list[Service] = strawberry.field(description="Which of your services; all if none.", default_factory=list)
    received: date | None = strawberry.field(description="When it was received; today if none.", default=None)

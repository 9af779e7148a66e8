"""What a worker is told of the family's consent beside an answer, whatever the question rests on."""

from datetime import date

import strawberry

from schema.described import Described, closed_list
from schema.governance.givers import GiverRelationship
from schema.services import Service


@closed_list
class ConsentStanding(Described):
    """Where the family's consent stands."""

    GIVEN = "GIVEN", "It was given, and by nobody refused."
    NOT_RECORDED = "NOT_RECORDED", "None is recorded, or it has run out."
    REFUSED = "REFUSED", "It was refused."
    WITHDRAWN = "WITHDRAWN", "It was given and taken back."
    UNAVAILABLE = "UNAVAILABLE", "It could not be read."


@strawberry.type(
    description="What the family said about sharing what a service holds with you for this purpose, whatever your"
    " question rests on. Told of a service whose records are shown to you, and of no other."
)
class ServiceConsent:
    """Where consent stands for one service, and who said so, never by name."""

    service: Service = strawberry.field(description="Whose records it is about.")
    state: ConsentStanding = strawberry.field(description="Where it stands: of several givers the strictest counts.")
    refused_by: list[GiverRelationship] = strawberry.field(description="Who refused it or took it back.")
    given_by: list[GiverRelationship] = strawberry.field(description="Who gave it.")
    disagree: bool = strawberry.field(description="Whether one refused what another gave.")
    since: date | None = strawberry.field(description="Since when it stands so.", default=None)
    expires: date | None = strawberry.field(description="Last day it is given for.", default=None)

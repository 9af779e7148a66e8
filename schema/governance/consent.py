"""Consent as officers record and read it."""

from datetime import date, datetime

import strawberry

from schema.governance.consent_told import ConsentStanding
from schema.governance.givers import Capacity, ConsentReason, GiverRelationship
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service


@strawberry.type(description="What one giver said.")
class Consent:
    """One giver's decision, as it was recorded."""

    id: strawberry.ID = strawberry.field(description="The record's id.")
    giver: str = strawberry.field(description="A word that tells the givers of one child apart.")
    relationship: GiverRelationship = strawberry.field(description="Who the giver is to the child.")
    capacity: Capacity = strawberry.field(description="By what right the giver decides.")
    state: ConsentStanding = strawberry.field(description="What was said.")
    services: list[Service] = strawberry.field(description="Whose records it is about; all if none.")
    kinds: list[Kind] = strawberry.field(description="Which kinds of data; all if none.")
    recipients: list[str] = strawberry.field(description="Which agencies may see it; all if none.")
    purposes: list[Purpose] = strawberry.field(description="What it is for.")
    method: str = strawberry.field(description="How it was said.")
    evidence: str = strawberry.field(description="Where the form or note is kept.")
    recorded_by: str = strawberry.field(description="Who wrote it down, by their id at sign-in.")
    recorded_at: datetime = strawberry.field(description="When it was written down (UTC).")
    given: date | None = strawberry.field(description="The day it was said.", default=None)
    expires: date | None = strawberry.field(description="Last day it is given for.", default=None)
    reason: ConsentReason | None = strawberry.field(description="Why, as far as the giver said.", default=None)


@strawberry.input(description="What a giver said, to be recorded.")
class ConsentInput:
    """A decision of one giver."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    giver: str = strawberry.field(description="A word that tells the givers of one child apart; never a name.")
    relationship: GiverRelationship = strawberry.field(description="Who the giver is to the child.")
    capacity: Capacity = strawberry.field(description="By what right the giver decides.")
    refused: bool = strawberry.field(description="Whether they said no.")
    purposes: list[Purpose] = strawberry.field(description="What it is for; one at least.")
    method: str = strawberry.field(description="How it was said: a form, spoken, a meeting.")
    services: list[Service] = strawberry.field(description="Whose records; all if none.", default_factory=list)
    kinds: list[Kind] = strawberry.field(description="Which kinds of data; all if none.", default_factory=list)
    recipients: list[str] = strawberry.field(
        description="Which agencies may see it; all if none.", default_factory=list
    )
    evidence: str = strawberry.field(description="Where the form or note is kept.", default="")
    given: date | None = strawberry.field(description="The day it was said; today if none.", default=None)
    expires: date | None = strawberry.field(description="Last day it is given for.", default=None)


@strawberry.input(description="What a giver takes back.")
class WithdrawalInput:
    """A withdrawal: of one record, or of all that a giver said."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    giver: str = strawberry.field(description="The giver, by the word they were recorded under.")
    reason: ConsentReason = strawberry.field(description="Why, as far as they said.", default=ConsentReason.NOT_GIVEN)
    said: date | None = strawberry.field(description="The day they said so; today if none.", default=None)
    only: strawberry.ID | None = strawberry.field(
        description="The id of one record; all that the giver said if none.", default=None
    )

"""Emergency access: asked for by a worker, looked at after by an officer."""

from datetime import datetime

import strawberry

from schema.governance.emergency_access import EmergencyAccess
from schema.governance.emergency_reasons import GlassReason, ReviewOutcome
from schema.governance.problem import Problem


@strawberry.input(description="A request for emergency access to one person's records.")
class BreakGlassInput:
    """One person's records at some agencies, for some minutes, and why."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the one person it is for.")
    agencies: list[str] = strawberry.field(description="The agencies whose records are to be opened.")
    reason: GlassReason = strawberry.field(description="Why.")
    text: str = strawberry.field(
        description="Why in words, up to 500 characters; they are kept sealed and read by whoever reviews it."
    )
    reference: str = strawberry.field(description="The case reference; it is kept sealed too.")
    minutes: int = strawberry.field(description="For how long: from 1 to 60.", default=60)


@strawberry.type(description="What became of asking for emergency access.")
class EmergencyResult:
    """The access, or why there is none."""

    emergency_access: EmergencyAccess | None = strawberry.field(
        description="The access that is open now.", default=None
    )
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)


@strawberry.type(description="An emergency access, as whoever reviews it sees it.")
class EmergencyReview:
    """A review task."""

    reference: strawberry.ID = strawberry.field(description="Its id.")
    state: str = strawberry.field(description="open, to review, overdue or reviewed.")
    person: strawberry.ID = strawberry.field(description="Whose records were opened.")
    requester: str = strawberry.field(description="Who asked, by their id at sign-in.")
    role: str = strawberry.field(description="Their role.")
    organisation: str = strawberry.field(description="Their agency.")
    agencies: list[str] = strawberry.field(description="The agencies whose records were opened.")
    reason: GlassReason = strawberry.field(description="Why.")
    began: datetime = strawberry.field(description="When it began (UTC).")
    ends: datetime = strawberry.field(description="When it ended or ends (UTC).")
    review_due: datetime = strawberry.field(description="By when it must be reviewed (UTC).")
    ended_by: str | None = strawberry.field(description="Who ended it early.", default=None)
    reviewed_by: str | None = strawberry.field(description="Who reviewed it.", default=None)
    outcome: ReviewOutcome | None = strawberry.field(description="What the review found.", default=None)


@strawberry.type(
    description="Why emergency access was asked for, in the worker's words. That they were read is in the ledger."
)
class EmergencyWords:
    """Sealed words, opened for a reviewer."""

    text: str | None = strawberry.field(description="The words.", default=None)
    case_reference: str | None = strawberry.field(description="The case reference.", default=None)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)

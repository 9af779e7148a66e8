"""Sources: what became of asking each agency's system."""

from datetime import date, datetime

import strawberry

from schema.outcomes import Outcome
from schema.reasons import Reason
from schema.services import Service


@strawberry.type(description="What a source covers; outside it, silence means nothing.")
class Coverage:
    """What a source covers."""

    start: date | None = strawberry.field(description="First day its records reach back to.", default=None)
    end: date | None = strawberry.field(
        description="Last day its records reach; none while it is kept up.",
        default=None,
    )
    area: str | None = strawberry.field(description="The area it covers.", default=None)
    youngest: int | None = strawberry.field(description="Youngest age it covers, in whole years.", default=None)
    oldest: int | None = strawberry.field(description="Oldest age it covers, in whole years.", default=None)


@strawberry.type(description="A team to ring.")
class TeamContact:
    """A team to ring: published by the service, not part of any child's record."""

    team: str = strawberry.field(description="The team.")
    phone: str | None = strawberry.field(description="Telephone number.", default=None)
    email: str | None = strawberry.field(description="E-mail address.", default=None)
    hours: str | None = strawberry.field(description="When it is staffed.", default=None)


@strawberry.type(description="A source the hub is connected to.")
class Source:
    """A connected source, before any child is asked about."""

    id: strawberry.ID = strawberry.field(description="The source's short name.")
    service: Service = strawberry.field(description="The service it belongs to.")
    name: str = strawberry.field(description="What workers call it.")
    owner: str = strawberry.field(description="The organisation whose records these are.")
    coverage: Coverage = strawberry.field(description="What it covers.")
    contact: TeamContact | None = strawberry.field(description="Whom to ring.", default=None)


@strawberry.type(description="What became of asking one source about this person.")
class SourceAnswer:
    """What became of asking one source about one person."""

    source: strawberry.ID = strawberry.field(description="The source's short name.")
    service: Service = strawberry.field(description="The service it belongs to.")
    name: str = strawberry.field(description="What workers call it.")
    outcome: Outcome = strawberry.field(description="What its answer, or its silence, means.")
    reason: Reason | None = strawberry.field(description="Why it was withheld or could not answer.", default=None)
    explanation: str = strawberry.field(description="The same in words a worker can act on.", default="")
    as_of: datetime | None = strawberry.field(description="When its data was last brought up to date.", default=None)
    retrieved_at: datetime | None = strawberry.field(description="When the hub read it (UTC).", default=None)
    coverage: Coverage | None = strawberry.field(description="What it covers.", default=None)
    complete: bool = strawberry.field(
        description="Whether everything it holds that was asked for and permitted is here."
    )
    contact: TeamContact | None = strawberry.field(description="Whom to ring.", default=None)

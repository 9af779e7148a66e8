"""Looks at records, as those who oversee them and those who work with a child may see them."""

from datetime import date, datetime

import strawberry

from schema.purposes import Purpose
from schema.services import Service


@strawberry.type(description="One look at a person's record: when, from where, in which role and why; nobody's name.")
class LookedAt:
    """What a worker is told of another's look."""

    at: datetime = strawberry.field(description="When it was asked (UTC).")
    organisation: str = strawberry.field(description="The asker's agency.")
    role: str = strawberry.field(description="The asker's role.")
    purpose: Purpose = strawberry.field(description="What it was asked for.")


@strawberry.type(description="What one source was asked, and what became of it: counts, never a value.")
class AccessSource:
    """One source of an access."""

    source: strawberry.ID = strawberry.field(description="The source.")
    service: Service = strawberry.field(description="Its service.")
    called: bool = strawberry.field(description="Whether it was asked at all.")
    outcome: str | None = strawberry.field(description="What became of it; null where that was never written.")
    shown: int = strawberry.field(description="How many fields were shown.")
    withheld: int = strawberry.field(description="How many fields were withheld.")


@strawberry.type(description="A question about a person, or a search, from the ledger.")
class RecordedAccess:
    """One access."""

    id: strawberry.ID = strawberry.field(description="Its entry in the ledger.")
    at: datetime = strawberry.field(description="When it was asked (UTC).")
    search: bool = strawberry.field(description="Whether it was a search.")
    actor: str = strawberry.field(description="The asker's pseudonym.")
    organisation: str = strawberry.field(description="The asker's agency.")
    role: str = strawberry.field(description="The asker's role.")
    purpose: Purpose = strawberry.field(description="What it was asked for.")
    subject: str | None = strawberry.field(description="The pseudonym of the person asked about; null for a search.")
    ended: str | None = strawberry.field(description="How it ended; null for a search, and where nothing was written.")
    business: bool = strawberry.field(description="Whether the hub knew of some business of the asker's with them.")
    sources: list[AccessSource] = strawberry.field(description="The sources, as far as they concern your agency.")


@strawberry.type(description="A page of accesses, newest first.")
class AccessPage:
    """Some accesses, and where the next begin."""

    accesses: list[RecordedAccess] = strawberry.field(description="The accesses.")
    next: str | None = strawberry.field(
        description="Give it as `after` for the next page; null where this is the last."
    )


@strawberry.type(description="Something unusual on one day: a question to ask, not a verdict.")
class UnusualUse:
    """One sign."""

    sign: str = strawberry.field(description="OUT_OF_HOURS, NO_BUSINESS or VOLUME.")
    means: str = strawberry.field(description="What that means, in plain words.")
    day: date = strawberry.field(description="The day, in England.")
    actor: str = strawberry.field(description="The asker's pseudonym.")
    role: str = strawberry.field(description="The asker's role.")
    times: int = strawberry.field(description="How often; for VOLUME, how many people.")
    first: strawberry.ID = strawberry.field(description="The first entry to look at.")


@strawberry.type(description="How often an agency's workers asked a source, by purpose.")
class SourceUse:
    """One count."""

    organisation: str = strawberry.field(description="The askers' agency.")
    purpose: Purpose = strawberry.field(description="What it was asked for.")
    asked: int = strawberry.field(description="How often.")
    records: int = strawberry.field(description="How often it gave records.")

"""Who is who: what links a person's entries, and where they cannot all be one person's."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.services import Service


@strawberry.enum(description="What entries linked to one person disagree on.")
class ContradictionKind(Enum):
    """What is contradicted."""

    NHS_NUMBERS = strawberry.enum_value("NHS_NUMBERS", description="Two NHS numbers.")
    UPNS = strawberry.enum_value("UPNS", description="Two unique pupil numbers.")
    BIRTHS = strawberry.enum_value("BIRTHS", description="Two dates of birth.")


@strawberry.type(description="A person whose entries cannot all be one person's. Nobody was parted by it.")
class Contradiction:
    """One person to be looked at."""

    person: strawberry.ID = strawberry.field(description="The hub's id of the person.")
    kinds: list[ContradictionKind] = strawberry.field(description="What the entries disagree on.")
    services: list[Service] = strawberry.field(description="Services that hold them.")


@strawberry.type(description="That what a source holds is, or was, a person's.")
class PersonLink:
    """One link, standing or ended."""

    source: str = strawberry.field(description="The source's id.")
    rule: str = strawberry.field(description="The rule that joined it, or what a person decided.")
    rule_version: str = strawberry.field(description="The version of the rule and of its weights.")
    decided_by: str = strawberry.field(description="Who decided; `hub` for a rule.")
    decided_at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why, in the words of whoever decided.", default=None)
    ended_at: datetime | None = strawberry.field(description="When it ended.", default=None)
    ended_because: str | None = strawberry.field(description="Why it ended.", default=None)


@strawberry.type(description="That somebody said that what a source holds is not a person's.")
class SaidDifferent:
    """One no, standing or taken back."""

    source: str = strawberry.field(description="The source's id.")
    decided_by: str = strawberry.field(description="Who said so.")
    decided_at: datetime = strawberry.field(description="When.")
    reason: str = strawberry.field(description="Why, in their words.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back.", default=None)
    withdrawn_by: str | None = strawberry.field(description="Who took it back.", default=None)


@strawberry.type(description="Who said what of who a person is.")
class Matching:
    """What links a person's entries."""

    links: list[PersonLink] = strawberry.field(description="Every link, standing and ended, the oldest first.")
    said_different: list[SaidDifferent] = strawberry.field(description="Every no, standing and taken back.")

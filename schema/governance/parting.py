"""Partings: what protected two who were taken for one, and protects both until somebody says otherwise."""

from datetime import datetime

import strawberry

from schema.described import Described, closed_list


@closed_list
class PartedBecause(Described):
    """Why what a source holds left the person it was taken for."""

    SPLIT = "SPLIT", "A worker said that it is another child's."
    CONTRADICTED = "CONTRADICTED", "The source changed it, and it can be that person's no longer."
    RETURNED = "RETURNED", "The source had left it out, names it again otherwise, and nobody said whose it is now."


@closed_list
class PartedWhat(Described):
    """What is to be looked at."""

    CONSENT = "CONSENT", "A refusal of consent."
    OBJECTION = "OBJECTION", "An objection that is upheld or not yet assessed."
    NOT_SHARING = "NOT_SHARING", "A decision not to share."
    FLAG = "FLAG", "A flag that protects."
    NOTHING = "NOTHING", "Nothing protected them; they stand apart, and a worker may join them again."


@strawberry.type(description="Something that protects a person because it protected somebody they were taken for.")
class Parting:
    """One thing to look at."""

    id: strawberry.ID = strawberry.field(description="Names it, to settle it.")
    person: strawberry.ID = strawberry.field(description="The person whom it protects now.")
    other: strawberry.ID | None = strawberry.field(
        description="Whom they were taken for; null where your agency holds nothing of them.", default=None
    )
    source: str | None = strawberry.field(description="The source whose entry it was, where it is yours.", default=None)
    because: PartedBecause = strawberry.field(description="Why they were parted.")
    says: str = strawberry.field(description="The same in words.")
    what: PartedWhat = strawberry.field(description="What protects.")
    reference: str | None = strawberry.field(
        description="The id of the record that was made of it, or the flag.", default=None
    )
    at: datetime = strawberry.field(description="When.")

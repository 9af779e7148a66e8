"""Why somebody asked, in their own words, and who may look at it afterwards."""

from datetime import datetime

import strawberry

from schema.governance.problem import Problem
from schema.purposes import Purpose


@strawberry.type(description="A question of which the asker said why. The words are read one at a time.")
class AskedReason:
    """A question with a reason, without the words."""

    id: strawberry.ID = strawberry.field(description="The question's id in the ledger.")
    at: datetime = strawberry.field(description="When it was asked (UTC).")
    search: bool = strawberry.field(description="Whether it was a search for a person.")
    role: str = strawberry.field(description="The asker's role.")
    organisation: str = strawberry.field(description="The asker's agency.")
    purpose: Purpose = strawberry.field(description="What it was for.")
    self_declared: bool = strawberry.field(
        description="Whether the asker's own word was all that bore out that they work with the person."
    )


@strawberry.type(description="Words that were sealed, opened for whoever has to judge them. That is in the ledger.")
class WordsRead:
    """Sealed words, or why they are not shown."""

    text: str | None = strawberry.field(description="The words.", default=None)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)

"""What became of recording something."""

import strawberry

from schema.governance.problem import Problem


@strawberry.type(description="What became of recording something.")
class Recorded:
    """The record's id, or why there is none."""

    id: strawberry.ID | None = strawberry.field(description="Its id, where it was done.", default=None)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)

"""What looking at a version finds: faults and doubts, and rules that are dead."""

import strawberry


@strawberry.type(description="Something wrong (an error bars approval) or doubtful in a version.")
class Finding:
    """One thing found."""

    check: str = strawberry.field(description="What was looked for.")
    error: bool = strawberry.field(description="Whether it bars approval.")
    rule: str = strawberry.field(description="Which rule; empty for the version as a whole.")
    says: str = strawberry.field(description="What it is, in English.")


@strawberry.type(description="A rule without which every question would be answered the same.")
class DeadRule:
    """A rule that changes nothing, and why."""

    rule: str = strawberry.field(description="The rule's id.")
    cause: str = strawberry.field(description="Why.")
    by: list[str] = strawberry.field(description="The rules that make it so.")
    says: str = strawberry.field(description="The same in English.")

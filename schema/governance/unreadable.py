"""What is stored and cannot be read."""

import strawberry


@strawberry.type(
    description="A stored record that nobody can read, by its id. Until it is mended it opens nothing, and what"
    " rests on it is withheld."
)
class UnreadableRecord:
    """One row that is wrong; what stands in it is told nowhere."""

    what: str = strawberry.field(description="What it is of, such as emergency access or consent.")
    id: strawberry.ID | None = strawberry.field(description="Its id; none where that cannot be read either.")
    columns: list[str] = strawberry.field(
        description="The columns that are wrong; none where each can be read and they do not fit together."
    )

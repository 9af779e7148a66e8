"""Why something was not done: data, not an error."""

import strawberry


@strawberry.type(description="Why something was not done. Nothing was changed.")
class Problem:
    """A stable code and words that hold nothing of anybody's record."""

    code: str = strawberry.field(description="A stable code.")
    message: str = strawberry.field(description="Why, in words.")

"""Sizes of lists, for reckoning what a question costs before it is answered.

The directive is that of the GraphQL Cost Directives Specification (IBM, draft), section 3.2, so that gateways and
clients reckon alike.
"""

import strawberry
from strawberry.schema_directive import Location


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many of them there are taken to be when a question's cost is reckoned; without it, ten.",
)
class ListSize:
    """How long a list is taken to be; ``by`` is the argument, a list of ids, that says how long this one is."""

    assumed_size: int
    by: strawberry.Private[str | None] = None


def sized(assumed: int) -> ListSize:
    """Say how many a list is taken to hold."""
    return ListSize(assumed_size=assumed)


def as_long_as(argument: str, most: int) -> ListSize:
    """Say which argument a list is as long as, and how long that may be: composers know no list for a length."""
    return ListSize(assumed_size=most, by=argument)

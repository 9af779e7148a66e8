"""The subscription root: who is involved with a child, told again when it changes.

Only the words: a watch is kept by ``watching/``, which asks the ordinary question anew before every event.
"""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from hub.errors import Code, HubError
from hub.graphql.context import Info
from schema.request import RequestContext
from schema.watched import InvolvementChanged

STREAMS = (
    "A subscription is answered as text/event-stream, over HTTP/1.1 or later, or over graphql-transport-ws:"
    " accept one of them."
)


@strawberry.type(description="What somebody may be told of again and again.")
class Subscription:
    """What somebody may be told of again and again."""

    @strawberry.subscription(
        description="Who is involved with a person: told at once, and again when what you may see of it changed. Asked"
        " anew every few minutes, by the rules of the moment; each time is a question like any other."
    )
    def involvement_changed(
        self,
        info: Info,  # noqa: ARG002 -- the schema's words, and so for the other two
        id: Annotated[strawberry.ID, strawberry.argument(description="As a search gave it.")],  # noqa: A002, ARG002 -- the same
        context: Annotated[RequestContext, strawberry.argument(description="Why you ask.")],  # noqa: ARG002 -- the same
    ) -> AsyncGenerator[InvolvementChanged, None]:
        """Tell nothing here: the engine that answers a question once keeps no watch."""
        raise HubError(Code.BAD_USER_INPUT, STREAMS)

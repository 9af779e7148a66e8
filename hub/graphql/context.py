"""What a resolver is given."""

from collections.abc import Mapping
from dataclasses import dataclass

import strawberry

from hub.answer.question import Wanted
from hub.graphql.asking import Asking
from hub.graphql.governing.room import Governing
from hub.identity.requester import Requester


@dataclass(frozen=True, slots=True)
class QueryContext:
    """Who asks, the rooms behind root fields, and what each root field selects, by its key in the answer.

    ``stated`` is what a gateway's headers say of why; ``schema_shown`` that the requester may see the schema.
    """

    asking: Asking
    governing: Governing
    requester: Requester
    request_id: str
    wanted: Mapping[str, Wanted]
    stated: Mapping[str, str]
    schema_shown: bool


Info = strawberry.Info[QueryContext, None]

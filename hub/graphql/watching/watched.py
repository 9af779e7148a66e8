"""What a subscription asks to be told of: a person, why, which fields, and how an event is written."""

from dataclasses import dataclass
from typing import Any

import strawberry

from hub.answer.question import Question, Wanted
from hub.errors import Code, HubError
from hub.graphql.arguments import arguments_in
from hub.graphql.asking import Asking
from hub.graphql.plan import Root
from hub.graphql.projection import Project
from hub.graphql.schema import core_of
from hub.identity.requester import Requester
from schema.request import RequestContext
from schema.watched import InvolvementChanged

ONE_PERSON = "a watch is of one person: ask about their relatives in a query"
EACH_SIGNED = "Another hub signs each question it asks: it keeps no watch here."


@dataclass(frozen=True, slots=True)
class Watched:
    """A subscription that passed every check; ``cost`` is what each look was reckoned to cost."""

    person_id: str
    context: RequestContext
    wanted: Wanted
    key: str
    project: Project
    cost: int

    def question(self, asking: Asking, requester: Requester, request_id: str) -> Question:
        """Make the question of one look; HubError says what is wrong with it, or that this asker keeps no watch."""
        if requester.relayed is not None:
            raise HubError(Code.FORBIDDEN, EACH_SIGNED)
        return asking.about(requester, request_id, (self.person_id,), self.context, self.wanted)

    def written(self, event: InvolvementChanged) -> dict[str, Any]:
        """Write an event as data."""
        return {self.key: self.project(event)}


def watched_of(schema: strawberry.Schema, root: Root, variables: Any, cost: int) -> Watched:
    """Read a subscription's root field; BAD_USER_INPUT where relatives are to be watched along."""
    if root.wanted.relatives is not None or root.wanted.family:
        raise HubError(Code.BAD_USER_INPUT, ONE_PERSON)
    subscription = core_of(schema).subscription_type
    assert subscription is not None  # noqa: S101 -- build_schema gives one
    assert root.project is not None  # noqa: S101 -- validation lets no other root field be
    given = arguments_in(schema, subscription.fields[root.node.name.value], root.node, variables)
    return Watched(str(given["id"]), given["context"], root.wanted, root.selection.key, root.project, cost)

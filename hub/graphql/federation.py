"""The hub as a subgraph: what an Apollo Federation gateway asks of it (Federation subgraph specification, v2).

A gateway that joins several graphs asks for people by key. It can state no argument, so why it asks comes in headers;
each person is decided on like any other, and a key that is wrong makes null of its own place alone.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from hub.errors import Code, HubError
from hub.graphql.asking import MOST_PEOPLE, PERSON_ID
from hub.graphql.context import Info
from hub.graphql.profiles import Profile, definition
from schema.person import Person
from schema.purposes import Purpose
from schema.request import RequestContext
from schema.sizes import as_long_as

PURPOSE = "hub-purpose"
"""The header that says why a gateway asks: a purpose, as in RequestContext."""

REFERENCE = "hub-reference"
"""The header that says on which referral or case."""

STATED = (PURPOSE, REFERENCE)

Representation = NewType("Representation", object)
Entity = Annotated[Person, strawberry.union("_Entity", description="What a gateway may ask for by key.")]

SCALARS: Mapping[object, ScalarDefinition] = {
    Representation: strawberry.scalar(
        name="_Any",
        description="A key, as a gateway sends it: __typename and id.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    )
}


@strawberry.type(name="_Service", description="The subgraph's own definition.")
class Subgraph:
    """The subgraph's own definition."""

    sdl: str | None = strawberry.field(description="In GraphQL's schema definition language.")


@strawberry.type
class Federated:
    """The root fields of a subgraph."""

    @strawberry.field(
        name="_entities",
        description="For gateways: people by key, in order. Headers Hub-Purpose and Hub-Reference say why.",
        directives=[as_long_as("representations", MOST_PEOPLE)],
    )
    async def entities(
        self,
        info: Info,
        representations: Annotated[list[Representation], strawberry.argument(description="Keys.")],
    ) -> list[Entity | None]:
        """Answer about everybody whose key is right, each source asked once; the others are an error in their place."""
        c = info.context
        context = stated(c.stated)
        keys = [key_of(one) for one in representations]
        ids = [key for key in keys if isinstance(key, str)]
        found = await c.asking.people(c.requester, c.request_id, ids, context, c.wanted[str(info.path.key)])
        people = iter(found)
        return [next(people) if isinstance(key, str) else key for key in keys]  # type: ignore[misc] # an error in a list is said of its place

    @strawberry.field(name="_service", description="For gateways: the subgraph's definition, for those who may see it.")
    def service(self, info: Info) -> Subgraph:
        """Give the definition; FORBIDDEN to whoever may not introspect."""
        if not info.context.schema_shown:
            raise HubError(Code.FORBIDDEN, "The schema is not shown to your role.")
        return Subgraph(sdl=definition(info.schema, Profile.PLAIN))


def stated(headers: Mapping[str, str]) -> RequestContext:
    """Read why a gateway asks; BAD_USER_INPUT says which header is missing or wrong, and repeats nothing of it."""
    named = headers.get(PURPOSE, "")
    if named not in Purpose.__members__:
        raise HubError(Code.BAD_USER_INPUT, "say why you ask: send the header Hub-Purpose with a purpose of the schema")
    return RequestContext(purpose=Purpose[named], reference=headers.get(REFERENCE))


def key_of(representation: Any) -> str | HubError:
    """Give a person's id, or what is wrong with the key."""
    if not isinstance(representation, Mapping) or representation.get("__typename") != "Person":
        return HubError(Code.BAD_USER_INPUT, "only a Person can be asked for by key")
    key = representation.get("id")
    if not isinstance(key, str) or not PERSON_ID.fullmatch(key):
        return HubError(Code.BAD_USER_INPUT, "a Person's key is an id the hub gave")
    return key

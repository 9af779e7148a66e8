"""The root of the schema: a child, finding one, yourself, the sources, and for officers what governs.

Each resolver calls one room and no other.
"""

from typing import Annotated

import strawberry

from hub.graphql.asking import MOST_PEOPLE
from hub.graphql.context import Info
from hub.graphql.federation import Federated
from hub.graphql.governing.entitled import OFFICERS, insist
from hub.graphql.governing.overseeing import looked_last
from hub.graphql.governing.query import Governance
from schema.governance.looked import LookedAt
from schema.me import Me
from schema.person import Person
from schema.request import RequestContext
from schema.search import PeopleMatched, PersonSearchInput, SearchAnswer
from schema.sizes import as_long_as
from schema.sources import Source

Context = Annotated[RequestContext, strawberry.argument(description="Why you ask.")]


@strawberry.type(description="What may be asked.")
class Query(Federated):
    """What may be asked."""

    @strawberry.field(description="A person, by the hub's id. Null for one who does not exist or may not be known to.")
    async def person(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As a search gave it.")],  # noqa: A002 -- the schema's word
        context: Context,
    ) -> Person | None:
        """Answer about one person."""
        c = info.context
        return await c.asking.person(c.requester, c.request_id, str(id), context, c.wanted[str(info.path.key)])

    @strawberry.field(
        description="People, by the hub's ids, at most 100: in the order of the ids, each as person gives them.",
        directives=[as_long_as("ids", MOST_PEOPLE)],
    )
    async def people(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="As searches gave them.")],
        context: Context,
        sources: Annotated[
            list[strawberry.ID] | None, strawberry.argument(description="These sources only, by their short names.")
        ] = None,
    ) -> list[Person | None]:
        """Answer about several people; each source is asked once for all of them."""
        c = info.context
        return await c.asking.people(c.requester, c.request_id, ids, context, c.wanted[str(info.path.key)], sources)

    @strawberry.field(
        description="For another authority's hub: whether exactly one person here is each of those given, at most 300"
        " entries. Nobody else is told of.",
    )
    async def match_people(
        self,
        info: Info,
        people: Annotated[list[PersonSearchInput], strawberry.argument(description="Whom to look for.")],
        context: Context,
        sources: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="By what these sources hold and no other, by their short names."),
        ] = None,
    ) -> PeopleMatched:
        """Find each of several people, or nobody."""
        c = info.context
        return await c.asking.match(c.requester, c.request_id, people, context, sources)

    @strawberry.field(description="Find a person. Never an unlimited list.")
    async def search_people(
        self,
        info: Info,
        input: Annotated[PersonSearchInput, strawberry.argument(description="Whom to look for.")],  # noqa: A002 -- the schema's word
        context: Context,
    ) -> SearchAnswer:
        """Find a person."""
        c = info.context
        return await c.asking.search(c.requester, c.request_id, input, context)

    @strawberry.field(description="Who the hub takes you for.")
    def me(self, info: Info) -> Me:
        """Describe the requester."""
        return info.context.asking.me(info.context.requester)

    @strawberry.field(description="The sources the hub is connected to.")
    def sources(self, info: Info) -> list[Source]:
        """Describe the sources."""
        return info.context.asking.sources()

    @strawberry.field(
        description="The last 25 looks at a person's record, newest first, for a worker who opened it in the last day."
        " Null for anybody else, and for nobody. A look that a family is not told of is not among them."
    )
    async def last_accesses(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As a search gave it.")],  # noqa: A002 -- the schema's word
    ) -> list[LookedAt] | None:
        """Tell a worker who else looked."""
        return await looked_last(info.context.governing, str(id), info.context.requester)

    @strawberry.field(description="What governs answers, for information governance officers; FORBIDDEN for others.")
    def governance(self, info: Info) -> Governance | None:
        """Let an officer look; tell others nothing."""
        insist(info.context.requester, OFFICERS)
        return Governance()

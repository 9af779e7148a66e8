"""Who is who: workers confirm, reject and split people whom they may know of; officers review what was decided."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry

from hub.governance import matching
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.matching import LONGEST
from hub.graphql.context import Info
from hub.graphql.governing.arguments import PersonId
from hub.graphql.governing.entitled import WORKERS, For
from hub.graphql.governing.people import known_under, of_own_agency, words
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.people.index import PersonIndex
from schema.governance.matching import Contradiction, ContradictionKind, Matching, PersonLink, SaidDifferent
from schema.governance.recorded import Recorded
from schema.request import RequestContext

LOOKED = "links-of-person-read"

Other = Annotated[strawberry.ID, strawberry.argument(description="The hub's id of the other person.")]
Reason = Annotated[str, strawberry.argument(description="Why, in your own words. It is kept sealed.")]
Context = Annotated[RequestContext, strawberry.argument(description="Why you ask: whom you may know of follows it.")]
SourceId = Annotated[str, strawberry.argument(description="The id of the source whose entry is not theirs.")]


async def _visible(info: Info, person_id: str, context: RequestContext) -> tuple[str, frozenset[str]]:
    """Give the id a person has now, and the sources the worker may see them at; nobody where there is none."""
    c = info.context
    return await known_under(c.governing, c.requester, person_id, context, c.request_id)


async def _of_two(
    info: Info,
    person: str,
    other: str,
    context: RequestContext,
    decide: Callable[[Governing, str, str], Awaitable[str]],
) -> str:
    (one, _), (two, _) = [await _visible(info, i, context) for i in (person, other)]
    return await decide(info.context.governing, one, two)


async def _split(info: Info, person: str, source: str, reason: str, context: RequestContext) -> str:
    room, worker = info.context.governing, info.context.requester
    text = words("reason", reason, LONGEST)
    now, sources = await _visible(info, person, context)
    if source not in sources:
        raise CannotBeDone("no-such-entry", "that source holds nothing of this person")
    return await matching.split(room.acting, room.preparer.index, now, source, text, by_of(worker))


async def _birth(
    info: Info,
    person: str,
    reason: str,
    context: RequestContext,
    decide: Callable[[Acting, PersonIndex, str, str, By], Awaitable[str]],
) -> str:
    room, text = info.context.governing, words("reason", reason, LONGEST)
    now, _ = await _visible(info, person, context)
    return await decide(room.acting, room.preparer.index, now, text, by_of(info.context.requester))


@strawberry.type
class MatchingMutations:
    """What a worker may say of who is who."""

    @strawberry.mutation(
        description="Say that two people a search showed are one. It can be split again.", extensions=[For(WORKERS)]
    )
    async def confirm_same_person(
        self, info: Info, person: PersonId, other: Other, reason: Reason, context: Context
    ) -> Recorded | None:
        """Join two."""

        async def decide(room: Governing, one: str, two: str) -> str:
            text, by = words("reason", reason, LONGEST), by_of(info.context.requester)
            return await matching.confirm(room.acting, room.preparer.index, one, two, text, by)

        return await recorded(_of_two(info, str(person), str(other), context, decide))

    @strawberry.mutation(
        description="Say that two people a search showed are not one. No rule will ever join them.",
        extensions=[For(WORKERS)],
    )
    async def reject_same_person(
        self, info: Info, person: PersonId, other: Other, reason: Reason, context: Context
    ) -> Recorded | None:
        """Keep two apart."""

        async def decide(room: Governing, one: str, two: str) -> str:
            text, by = words("reason", reason, LONGEST), by_of(info.context.requester)
            return await matching.reject(room.acting, room.preparer.index, one, two, text, by)

        return await recorded(_of_two(info, str(person), str(other), context, decide))

    @strawberry.mutation(
        description="Take back that two people are not one: then somebody may confirm that they are.",
        extensions=[For(WORKERS)],
    )
    async def withdraw_rejection(self, info: Info, person: PersonId, other: Other, context: Context) -> Recorded | None:
        """Take back a no."""

        async def decide(room: Governing, one: str, two: str) -> str:
            by = by_of(info.context.requester)
            return await matching.withdraw(room.acting, room.preparer.index, one, two, by)

        return await recorded(_of_two(info, str(person), str(other), context, decide))

    @strawberry.mutation(
        description="Say that what a source holds is another's; gives the id of the person it is now.",
        extensions=[For(WORKERS)],
    )
    async def split_person(
        self, info: Info, person: PersonId, source_id: SourceId, reason: Reason, context: Context
    ) -> Recorded | None:
        """Split a source's entry off."""
        return await recorded(_split(info, str(person), source_id, reason, context))


@strawberry.type
class BirthMutations:
    """What a worker may say of an unborn child."""

    @strawberry.mutation(
        description="Say that an unborn child was born: found and linked like any other from now on. It can be taken"
        " back.",
        extensions=[For(WORKERS)],
    )
    async def confirm_birth(self, info: Info, person: PersonId, reason: Reason, context: Context) -> Recorded | None:
        """Confirm a birth."""
        return await recorded(_birth(info, str(person), reason, context, matching.confirm_birth))

    @strawberry.mutation(
        description="Take back that an unborn child was born, while nothing else was linked to them.",
        extensions=[For(WORKERS)],
    )
    async def withdraw_birth(self, info: Info, person: PersonId, reason: Reason, context: Context) -> Recorded | None:
        """Take a birth back."""
        return await recorded(_birth(info, str(person), reason, context, matching.withdraw_birth))


@strawberry.type
class MatchingQueries:
    """What may be asked of who is who."""

    @strawberry.field(
        description="Who said what of who a person is, whom your agency's own records know; null for anybody else."
    )
    async def matching(self, info: Info, person: PersonId) -> Matching | None:
        """Show a person's links and the noes."""
        room, officer = info.context.governing, info.context.requester
        own = {s.config.id for s in room.preparer.sources if s.config.agency == officer.organisation}
        try:
            await of_own_agency(room, str(person), officer)
        except CannotBeDone:
            return None
        await room.acting.note(by_of(officer), Note(LOOKED, "one-person", str(person)))
        known = (await room.preparer.known([str(person)]))[str(person)]
        links, different = await room.preparer.index.history(known.id)
        return Matching(
            links=[
                PersonLink(
                    source=link.source_id,
                    rule=link.rule,
                    rule_version=link.rule_version,
                    decided_by=link.decided_by,
                    decided_at=link.decided_at,
                    reason=link.reason,
                    ended_at=link.ended_at,
                    ended_because=link.ended_because,
                )
                for link in links
                if link.source_id in own
            ],
            said_different=[
                SaidDifferent(
                    source=said.source_id,
                    decided_by=said.decided_by,
                    decided_at=said.decided_at,
                    reason=said.reason,
                    withdrawn_at=said.withdrawn_at,
                    withdrawn_by=said.withdrawn_by,
                )
                for said in different
                if said.source_id in own
            ],
        )

    @strawberry.field(description="People whose entries cannot all be one person's, of whom your agency holds one.")
    async def contradictions(self, info: Info) -> list[Contradiction]:
        """List who wants to be looked at."""
        room, officer = info.context.governing, info.context.requester
        own = {s.config.id for s in room.preparer.sources if s.config.agency == officer.organisation}
        services = {s.config.id: s.config.service for s in room.preparer.sources}
        await room.acting.note(by_of(officer), Note("contradictions-read", officer.organisation))
        return [
            Contradiction(
                person=strawberry.ID(found.person_id),
                kinds=[ContradictionKind[kind.name] for kind in found.kinds],
                services=sorted({services[s] for s in found.sources if s in own}),
            )
            for found in await room.preparer.index.contradictions()
            if not own.isdisjoint(found.sources)
        ]

"""Partings: what officers are to look at after two who were taken for one were parted, and what they say of it."""

from typing import Annotated

import strawberry

from hub.governance.acting import Note
from hub.governance.partings import NO_SUCH, Parted, partings, settle
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.governance.parting import PartedBecause, PartedWhat, Parting
from schema.governance.recorded import Recorded

Stays = Annotated[bool, strawberry.argument(description="Whether it protects this person too; if not, it is lifted.")]


async def to_look_at(
    room: Governing, officer: Requester, parting_id: str | None = None
) -> list[tuple[Parted, str | None]]:
    """Give what concerns an officer's agency, each with whom they were taken for where the agency holds them too."""
    found = await partings(room.acting.database, parting_id)
    own = {s.config.id for s in room.preparer.sources if s.config.agency == officer.organisation}
    known = await room.preparer.known({i for one in found for i in (one.person_id, one.other_id)})
    held = {i for i, person in known.items() if not own.isdisjoint(person.at)}
    return [
        (one, one.other_id if one.other_id in held else None)
        for one in found
        if one.person_id in known and (one.person_id in held or one.provider == officer.organisation)
    ]


async def say(room: Governing, officer: Requester, parting_id: str, *, stays: bool) -> str:
    """Settle one, as an officer whom it concerns; any other is none."""
    found = await to_look_at(room, officer, parting_id)
    if not found:
        raise NO_SUCH
    return await settle(room.acting, found[0][0], by_of(officer), stays=stays)


@strawberry.type
class PartingQueries:
    """What may be asked of partings."""

    @strawberry.field(
        description="What protects people whom your agency holds because it protected whom they were taken for, until"
        " somebody has looked at it."
    )
    async def partings(self, info: Info) -> list[Parting]:
        """List what wants to be looked at."""
        room, officer = info.context.governing, info.context.requester
        await room.acting.note(by_of(officer), Note("partings-read", officer.organisation))
        own = {s.config.id for s in room.preparer.sources if s.config.agency == officer.organisation}
        return [
            Parting(
                id=strawberry.ID(one.id),
                person=strawberry.ID(one.person_id),
                other=strawberry.ID(other) if other else None,
                source=one.source_id if one.source_id in own else None,
                because=PartedBecause[one.because.value],
                says=PartedBecause[one.because.value].means,
                what=PartedWhat[one.what.value],
                reference=one.reference or None,
                at=one.at,
            )
            for one, other in await to_look_at(room, officer)
        ]


@strawberry.type
class PartingMutations:
    """What may be said of partings."""

    @strawberry.mutation(
        description="Say whether what was carried over at a parting protects this person too. Lifted, it counts no"
        " more from the next question on; what it was carried from stays as it is.",
        extensions=[For(OFFICERS)],
    )
    async def settle_parting(self, info: Info, id: RecordId, stays: Stays) -> Recorded | None:  # noqa: A002 -- the schema's word
        """Settle one."""
        room, officer = info.context.governing, info.context.requester
        return await recorded(say(room, officer, str(id), stays=stays))

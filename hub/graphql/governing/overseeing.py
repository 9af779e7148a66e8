"""Oversight over GraphQL: who looked, as far as it concerns the officer's agency. Each question is written down first.

An agency's own workers' questions are its own affair, and so is what anybody asked its sources: no more is told.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated

import strawberry

from hub.audit.accesses import MOST, Access, Asked, Which
from hub.audit.unusual import MEANS, Unusual
from hub.governance import overseeing
from hub.governance.acting import CannotBeDone
from hub.graphql.asking import PERSON_ID
from hub.graphql.context import Info
from hub.graphql.governing.arguments import PersonId
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.problems import asked_rightly
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.governance.looked import AccessPage, AccessSource, LookedAt, RecordedAccess, SourceUse, UnusualUse
from schema.purposes import Purpose

First = Annotated[int, strawberry.argument(description=f"How many, {MOST} at most.")]
After = Annotated[str, strawberry.argument(description="The last page's `next`.")]
Since = Annotated[date | None, strawberry.argument(description="From this day on (UTC); all if none.")]
Until = Annotated[date | None, strawberry.argument(description="Before this day (UTC); all if none.")]
WorkerId = Annotated[str, strawberry.argument(description="The worker's id, as sign-in has it.")]
SourceId = Annotated[strawberry.ID, strawberry.argument(description="The id of a source of your agency's.")]


def _own(room: Governing, officer: Requester) -> frozenset[str]:
    return frozenset(s.config.id for s in room.preparer.sources if s.config.agency == officer.organisation)


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


@strawberry.type
class OversightQueries:
    """What may be asked of the ledger."""

    @strawberry.field(
        description="Who looked at a person whom a source of your agency's knows: your agency's questions, and what"
        " others asked of its sources. Null for anybody else. Newest first."
    )
    async def person_accesses(
        self,
        info: Info,
        id: PersonId,  # noqa: A002 -- the schema's word
        first: First = overseeing.LAST,
        after: After = "",
    ) -> AccessPage | None:
        """List who looked at a person."""
        room, officer = info.context.governing, info.context.requester
        try:
            ids = await of_own_agency(room, str(id), officer)
        except CannotBeDone:
            return None
        subjects = frozenset(map(room.acting.pseudonyms.subject, ids))
        which = Which(subjects, concerning=(officer.organisation, _own(room, officer)))
        return await _page(room, officer, "child", which, first, after)

    @strawberry.field(description="What a worker asked and searched in the name of your agency. Newest first.")
    async def worker_accesses(
        self, info: Info, worker: WorkerId, first: First = overseeing.LAST, after: After = ""
    ) -> AccessPage:
        """List what a worker asked."""
        room, officer = info.context.governing, info.context.requester
        actor = room.acting.pseudonyms.actor(worker)
        return await _page(room, officer, "worker", Which(actor=actor, organisation=officer.organisation), first, after)

    @strawberry.field(description="What was unusual in your agency's questions in a period, newest day first.")
    async def unusual_use(self, info: Info, since: Since = None, until: Until = None) -> list[UnusualUse]:
        """List unusual use."""
        room, officer = info.context.governing, info.context.requester
        which = Which(organisation=officer.organisation, since=_moment(since), until=_moment(until))
        return [_unusual(one) for one in await overseeing.signs(room.acting, by_of(officer), which)]

    @strawberry.field(description="How often a source of your agency's was asked, by agency and purpose.")
    async def source_use(
        self, info: Info, source: SourceId, since: Since = None, until: Until = None
    ) -> list[SourceUse] | None:
        """Count what a source was asked."""
        room, officer = info.context.governing, info.context.requester
        with asked_rightly():
            if str(source) not in _own(room, officer):
                raise CannotBeDone("no-such-source", "your agency has no source of that id")
        which = Which(source=str(source), since=_moment(since), until=_moment(until))
        found = await overseeing.tallied(room.acting, by_of(officer), which)
        return [
            SourceUse(organisation=t.organisation, purpose=Purpose[t.purpose], asked=t.asked, records=t.records)
            for t in found
        ]


async def looked_last(room: Governing, person_id: str, worker: Requester) -> list[LookedAt] | None:
    """Tell a worker who opened a record in the last day who else did; anybody else nothing, alike.

    Nor a partner's system, whoever uses it: others' looks are of no source or agreement that it is bound to.
    """
    if worker.bound is not None:
        return None
    known = (await room.preparer.known([person_id])).get(person_id) if PERSON_ID.fullmatch(person_id) else None
    ids = known.aliases | {person_id} if known else {person_id}
    found = await overseeing.last_accesses(room.acting, by_of(worker), ids)
    if found is None:
        return None
    return [
        LookedAt(at=datetime.fromisoformat(a.at), organisation=a.organisation, role=a.role, purpose=a.purpose)
        for a in found
    ]


async def _page(room: Governing, officer: Requester, report: str, which: Which, first: int, after: str) -> AccessPage:
    limit = max(1, min(first, MOST))
    found = await overseeing.page(room.acting, by_of(officer), report, which, limit=limit, after=after)
    return AccessPage(accesses=_accesses(found), next=found[-1].cursor if len(found) == limit else None)


def _accesses(found: Sequence[Access]) -> list[RecordedAccess]:
    return [
        RecordedAccess(
            id=strawberry.ID(one.record_id),
            at=datetime.fromisoformat(one.at),
            search=one.subject is None,
            actor=one.actor,
            organisation=one.organisation,
            role=one.role,
            purpose=one.purpose,
            subject=one.subject,
            ended=one.ended.value if one.ended else None,
            business=one.business,
            sources=[_source(source) for source in one.sources],
        )
        for one in found
    ]


def _source(one: Asked) -> AccessSource:
    return AccessSource(
        source=strawberry.ID(one.source),
        service=one.service,
        called=one.called,
        outcome=one.outcome,
        shown=one.shown,
        withheld=one.withheld,
    )


def _unusual(one: Unusual) -> UnusualUse:
    return UnusualUse(
        sign=one.sign.value,
        means=MEANS[one.sign],
        day=date.fromisoformat(one.day),
        actor=one.actor,
        role=one.role,
        times=one.count,
        first=strawberry.ID(one.record_id),
    )

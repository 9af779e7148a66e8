"""Emergency access: a worker's own, for one person; ended; agreed to by a second person; reviewed by an officer."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from hub.governance.acting import CannotBeDone
from hub.governance.breaking_glass import Asked, Task, break_glass, end, read_words, review, tasks
from hub.governance.listing import insist_readable
from hub.governance.second_person import agree
from hub.graphql.asking import LONGEST_REASON, REFERENCE
from hub.graphql.context import Info
from hub.graphql.governing.arguments import PersonId, RecordId
from hub.graphql.governing.entitled import OFFICERS, WORKERS, For
from hub.graphql.governing.people import within_reach, words
from hub.graphql.governing.problems import REFUSALS, problem_of
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.governance.emergency import BreakGlassInput, EmergencyResult, EmergencyReview, EmergencyWords
from schema.governance.emergency_access import EmergencyAccess
from schema.governance.emergency_reasons import ReviewOutcome
from schema.governance.recorded import Recorded

Asks = Annotated[BreakGlassInput, strawberry.argument(description="Whose records, at which agencies, and why.")]
Worker = Annotated[str, strawberry.argument(description="The colleague who looks, by their id at sign-in.")]
Minutes = Annotated[int, strawberry.argument(description="For how long: from 1 to 60.")]
Finding = Annotated[ReviewOutcome, strawberry.argument(description="What the review found.")]


SIGN_IN_AGAIN = "emergency access needs a sign-in of the last minutes: open /sign-in?again=yes, then ask again"
"""What somebody is told whose session has stood for a while: whoever sits at their desk must prove who they are."""


SAY_WHEN = (
    "emergency access needs a sign-in of the last minutes, and a token that says so (auth_time): let whoever asks"
    " sign in anew (prompt=login or max_age), then ask with the token that comes of it"
)
"""The same to whoever brings a token: how long ago they proved who they are is their issuer's to say."""

NO_SYSTEM = "emergency access is for somebody who signed in at the hub themselves: no partner's system opens it"


def _insist_lately(by: Requester) -> None:
    """Refuse whoever did not prove who they are in the last minutes, and every system."""
    if by.bound is not None:
        raise CannotBeDone("not-for-this-system", NO_SYSTEM)
    if not by.lately:
        raise CannotBeDone("sign-in-again", SIGN_IN_AGAIN if by.session else SAY_WHEN)


async def opened(room: Governing, given: BreakGlassInput, by: Requester) -> EmergencyAccess:
    """Open one person's records in an emergency to whoever proved who they are in the last minutes."""
    _insist_lately(by)
    reference, agencies = given.reference.strip(), frozenset(given.agencies)
    if not REFERENCE.fullmatch(reference):
        raise CannotBeDone("no-reference", "the case reference has up to 64 letters, digits, spaces and any of / . _ -")
    asked = Asked(
        str(given.person),
        agencies,
        given.reason,
        words("text", given.text, LONGEST_REASON),
        reference,
        given.minutes,
    )
    await within_reach(room, asked.person_id, by, agencies)
    grant = await break_glass(room.acting, asked, by_of(by))
    return EmergencyAccess(reference=strawberry.ID(grant.id), ends=grant.ends, banner=grant.banner)


async def ended(room: Governing, reference: str, by: Requester) -> str:
    """End one's own emergency access, or one that concerns an officer's agency."""
    if by.subject != next((t.requester for t in (await tasks(room.acting, reference)).found), None):
        await concerned(room, reference, by)
    await end(room.acting, reference, by_of(by))
    return reference


async def concerned(room: Governing, reference: str, by: Requester) -> Task:
    """Give a grant that concerns the requester's agency; any other is none."""
    found = await tasks(room.acting, reference)
    insist_readable(one for one in found.faulty if by.organisation in one.agencies)
    if not found.found or not concerns(found.found[0], by):
        raise CannotBeDone("no-such-grant", "there is no such grant")
    return found.found[0]


def concerns(task: Task, by: Requester) -> bool:
    """Say whether a grant is by a worker of the requester's agency, or of its records."""
    return by.organisation in {task.organisation, *task.owners}


async def agreed(room: Governing, person: str, worker: str, minutes: int, by: Requester) -> str:
    """Agree, as a second person, to a colleague's looking at somebody within one's own reach; gives its id.

    A partner's system vouches for whoever uses it with one key: it could be both persons, so it is neither.
    """
    if by.bound is not None:
        raise CannotBeDone("not-for-this-system", "a second person agrees by their own sign-in at the hub")
    await within_reach(room, person, by, frozenset(s.config.agency for s in room.preparer.sources))
    return await agree(room.acting, person, worker, minutes, by_of(by))


async def _review(room: Governing, reference: str, outcome: ReviewOutcome, by: Requester) -> str:
    await concerned(room, reference, by)
    await review(room.acting, reference, outcome, by_of(by))
    return reference


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _task(task: Task) -> EmergencyReview:
    return EmergencyReview(
        reference=strawberry.ID(task.id),
        state=task.state,
        person=strawberry.ID(task.person_id),
        requester=task.requester,
        role=task.role,
        organisation=task.organisation,
        agencies=sorted(task.owners),
        reason=task.reason,
        began=_at(task.began),
        ends=_at(task.until),
        review_due=_at(task.review_due),
        ended_by=task.ended_by,
        reviewed_by=task.reviewed_by,
        outcome=task.outcome,
    )


@strawberry.type
class EmergencyQueries:
    """What may be asked of emergency access."""

    @strawberry.field(
        description="Every emergency access that concerns your agency's workers or records, newest first."
    )
    async def emergency_accesses(self, info: Info) -> list[EmergencyReview]:
        """List grants."""
        found = await tasks(info.context.governing.acting)
        return [_task(task) for task in found.found if concerns(task, info.context.requester)]


@strawberry.type
class EmergencyMutations:
    """What may be done about emergency access."""

    @strawberry.mutation(
        description="Open one person's records to yourself, for an hour at most. Both agencies' leads are told at once,"
        " and it is reviewed.",
        extensions=[For(WORKERS)],
    )
    async def break_glass(self, info: Info, access: Asks) -> EmergencyResult | None:
        """Break glass."""
        try:
            access_opened = await opened(info.context.governing, access, info.context.requester)
        except REFUSALS as error:
            return EmergencyResult(problem=problem_of(error))
        return EmergencyResult(emergency_access=access_opened)

    @strawberry.mutation(
        description="End an emergency access now: your own, or as an officer of an agency it concerns.",
        extensions=[For(WORKERS | OFFICERS)],
    )
    async def end_emergency_access(self, info: Info, reference: RecordId) -> Recorded | None:
        """End a grant."""
        return await recorded(ended(info.context.governing, str(reference), info.context.requester))

    @strawberry.mutation(
        description="Agree, as a second person of the same agency, to a colleague's looking at a person's records.",
        extensions=[For(WORKERS)],
    )
    async def agree_as_second_person(
        self, info: Info, person: PersonId, worker: Worker, minutes: Minutes = 60
    ) -> Recorded | None:
        """Agree to a colleague's look."""
        return await recorded(agreed(info.context.governing, str(person), worker, minutes, info.context.requester))

    @strawberry.mutation(
        description="Read why an emergency access was asked for, to review it. That you read it is in the ledger.",
        extensions=[For(OFFICERS)],
    )
    async def read_emergency_words(self, info: Info, reference: RecordId) -> EmergencyWords | None:
        """Open a grant's words."""
        room, by = info.context.governing, info.context.requester
        try:
            await concerned(room, str(reference), by)
            text, case = await read_words(room.acting, str(reference), by_of(by))
        except REFUSALS as error:
            return EmergencyWords(problem=problem_of(error))
        return EmergencyWords(text=text, case_reference=case)

    @strawberry.mutation(
        description="Say what the review of an emergency access found: once, after it ended, of an agency it concerns.",
        extensions=[For(OFFICERS)],
    )
    async def review_emergency_access(self, info: Info, reference: RecordId, outcome: Finding) -> Recorded | None:
        """Review a grant."""
        return await recorded(_review(info.context.governing, str(reference), outcome, info.context.requester))

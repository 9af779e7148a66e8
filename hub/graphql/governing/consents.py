"""Consent: what a giver said, and took back."""

from typing import Annotated

import strawberry

from hub.governance.acting import CannotBeDone
from hub.governance.consent import Consent
from hub.governance.consenting import consents_of, record_consent, withdraw
from hub.graphql.context import Info
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.person_records import concerns
from hub.graphql.governing.recording import recorded
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from policies.facts import ConsentState
from policies.vocabulary import AGENCY
from schema.governance.consent import ConsentInput, WithdrawalInput
from schema.governance.recorded import Recorded

LONGEST = 200
"""Characters of the words an officer gives beside a consent: who, how, where it is kept."""

Said = Annotated[ConsentInput, strawberry.argument(description="What was said.")]
TakenBack = Annotated[WithdrawalInput, strawberry.argument(description="What is taken back.")]


def _consent(given: ConsentInput, room: Governing, by: Requester) -> Consent:
    if not all(AGENCY.fullmatch(agency) for agency in given.recipients):
        raise CannotBeDone("no-agency", "a recipient is not an agency's id")
    if any(len(text) > LONGEST for text in (given.giver, given.method, given.evidence)):
        raise CannotBeDone("too-many-words", f"giver, method and evidence have {LONGEST} characters at most")
    try:
        return Consent(
            str(given.person),
            given.giver,
            ConsentState.REFUSED if given.refused else ConsentState.GIVEN,
            frozenset(given.services),
            frozenset(given.purposes),
            frozenset(given.recipients),
            given.method,
            by.subject,
            room.acting.clock(),
            given.expires,
            kinds=frozenset(given.kinds),
            relationship=given.relationship,
            capacity=given.capacity,
            evidence=given.evidence,
            given=given.given or room.today,
        )
    except ValueError as error:
        raise CannotBeDone("capacity", str(error)) from None


async def _record(room: Governing, given: ConsentInput, by: Requester) -> str:
    await of_own_agency(room, str(given.person), by)
    return await record_consent(room.acting, _consent(given, room, by), by_of(by))


async def _withdraw(room: Governing, given: WithdrawalInput, by: Requester) -> str:
    ids = await of_own_agency(room, str(given.person), by)
    seen = [c for c in await consents_of(room.acting.database, ids) if concerns(c, room, by)]
    if not any(c.giver == given.giver and given.only in {None, c.id} for c in seen):
        raise CannotBeDone("no-such-consent", "nothing of the kind is recorded for this giver")
    said = given.said or room.today
    only = str(given.only) if given.only else None
    return await withdraw(room.acting, ids, given.giver, by_of(by), reason=given.reason, said=said, only=only)


@strawberry.type
class ConsentMutations:
    """What may be done to consent."""

    @strawberry.mutation(
        description="Record what a giver said: yes, or no. It counts from the next question on, at every replica.",
        extensions=[For(OFFICERS)],
    )
    async def record_consent(self, info: Info, consent: Said) -> Recorded | None:
        """Record a consent or a refusal."""
        return await recorded(_record(info.context.governing, consent, info.context.requester))

    @strawberry.mutation(
        description="Take back what a giver agreed to. When this says so it is done, at every replica.",
        extensions=[For(OFFICERS)],
    )
    async def withdraw_consent(self, info: Info, withdrawal: TakenBack) -> Recorded | None:
        """Record a withdrawal."""
        return await recorded(_withdraw(info.context.governing, withdrawal, info.context.requester))

"""Agreements: shown to their parties; a provider's officer brings them in, and either party's may suspend them.

A consumer's officer who could bring one in would open another agency's records to their own.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import strawberry

from hub.governance import agreements
from hub.governance.acting import CannotBeDone
from hub.governance.agreeing import agreement_by_id, agreements_in, import_agreement, its_own, set_status
from hub.governance.agreement_file import read_agreement, write_agreement
from hub.governance.agreements import Status
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.problems import REFUSALS, problem_of
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.governance.agreement import Agreement, AgreementItem, AgreementResult

Document = Annotated[str, strawberry.argument(description="The agreement as JSON, as an export gives it.")]


def party_to(found: agreements.Agreement, agency: str) -> bool:
    """Say whether an agency is a party to an agreement."""
    return agency in {found.provider, *found.consumers}


def _agreement(found: agreements.Agreement, today: date) -> Agreement:
    return Agreement(
        id=strawberry.ID(found.id),
        title=found.title,
        provider=found.provider,
        consumers=sorted(found.consumers),
        purposes=sorted(found.purposes),
        lawful_bases=sorted(found.lawful_bases),
        dpia=found.dpia,
        status=found.status.value,
        today=found.state_on(today).value,
        start=found.start,
        review=found.review,
        expiry=found.expiry,
        items=[
            AgreementItem(
                effect=item.effect.value,
                services=sorted(item.services),
                kinds=sorted(item.kinds),
                fields=sorted(item.fields),
                consumers=sorted(item.consumers),
                purposes=sorted(item.purposes),
                start=None if item.start == date.min else item.start,
                until=None if item.until == date.max else item.until,
            )
            for item in found.items
        ],
        document=write_agreement(found).decode(),
    )


async def _of_party(room: Governing, agreement_id: str, by: Requester) -> agreements.Agreement:
    """Give an agreement to which the officer's agency is a party; any other is none."""
    found = await agreement_by_id(room.acting.database, agreement_id)
    if not party_to(found, by.organisation):
        raise CannotBeDone("no-such-agreement", "there is no agreement of that id")
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """An agreement as it was written: what whoever signs it should know, and the one whose place it would take."""

    agreement: agreements.Agreement
    warnings: tuple[str, ...]
    before: agreements.Agreement | None


async def read_for(room: Governing, written: str, by: Requester) -> Written:
    """Read an agreement that an officer may bring in; Unreadable or CannotBeDone say why it is none, or not theirs."""
    agreement, warnings = read_agreement(written.encode("utf-8", "surrogatepass"))
    if agreement.provider != by.organisation:
        raise CannotBeDone("not-yours", "an agreement is brought in by the agency whose data it is about")
    there = next((a for a in await agreements_in(room.acting.database) if a.id == agreement.id), None)
    its_own(agreement, there.provider if there else None)
    return Written(agreement, warnings, there)


async def brought_in(room: Governing, written: str, by: Requester) -> tuple[str, tuple[str, ...]]:
    """Bring an agreement in, in the place of the one with its id; gives its id and its warnings."""
    read = await read_for(room, written, by)
    await import_agreement(room.acting, read.agreement, by_of(by))
    return read.agreement.id, read.warnings


async def set_for(room: Governing, agreement_id: str, status: Status, by: Requester) -> tuple[str, tuple[str, ...]]:
    """Suspend an agreement for either party, or let it stand again for its provider; CannotBeDone says why not."""
    found = await _of_party(room, agreement_id, by)
    if status is Status.SIGNED and found.provider != by.organisation:
        raise CannotBeDone("not-yours", "the agency whose data it is about lets it stand again")
    await set_status(room.acting, agreement_id, status, by_of(by))
    return agreement_id, ()


@strawberry.type
class AgreementQueries:
    """What may be asked of agreements."""

    @strawberry.field(description="The agreements to which your agency is a party, and what each is worth today.")
    async def agreements(self, info: Info) -> list[Agreement]:
        """List agreements."""
        room, own = info.context.governing, info.context.requester.organisation
        found = await agreements_in(room.acting.database)
        return [_agreement(a, room.today) for a in found if party_to(a, own)]


@strawberry.type
class AgreementMutations:
    """What may be done to agreements."""

    @strawberry.mutation(
        description="Put an agreement on your agency's own data in the place of the one with its id; wrong in any"
        " place, nothing changes.",
        extensions=[For(OFFICERS)],
    )
    async def import_agreement(self, info: Info, document: Document) -> AgreementResult | None:
        """Bring an agreement in."""
        room = info.context.governing
        try:
            changed, warnings = await brought_in(room, document, info.context.requester)
        except REFUSALS as error:
            return AgreementResult(problem=problem_of(error))
        return await _told(room, changed, warnings)

    @strawberry.mutation(
        description="Suspend an agreement your agency is a party to: from the next question on it is none.",
        extensions=[For(OFFICERS)],
    )
    async def suspend_agreement(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> AgreementResult | None:
        """Suspend an agreement."""
        return await _changed(info, str(id), Status.SUSPENDED)

    @strawberry.mutation(
        description="Let a suspended agreement on your agency's own data stand again.", extensions=[For(OFFICERS)]
    )
    async def lift_suspension(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> AgreementResult | None:
        """Let an agreement stand again."""
        return await _changed(info, str(id), Status.SIGNED)


async def _changed(info: Info, agreement_id: str, status: Status) -> AgreementResult:
    room = info.context.governing
    try:
        changed, warnings = await set_for(room, agreement_id, status, info.context.requester)
    except REFUSALS as error:
        return AgreementResult(problem=problem_of(error))
    return await _told(room, changed, warnings)


async def _told(room: Governing, changed: str, warnings: tuple[str, ...]) -> AgreementResult:
    found = await agreement_by_id(room.acting.database, changed)
    return AgreementResult(agreement=_agreement(found, room.today), warnings=list(warnings))

"""What officers recorded about one person, as far as it concerns the asker's agency. A look is written down."""

import strawberry

from hub.governance import allocating, consenting, objecting, objections, withholding
from hub.governance import allocations as allocated
from hub.governance import consent as said
from hub.governance import not_sharing as decided
from hub.governance.acting import CannotBeDone, Note
from hub.graphql.context import Info
from hub.graphql.governing.arguments import PersonId
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.room import Governing, by_of
from hub.graphql.governing.unreadable import unreadable_of
from hub.identity.requester import Requester
from schema.governance.allocation import Allocation
from schema.governance.consent import Consent
from schema.governance.consent_told import ConsentStanding
from schema.governance.not_sharing import DecisionNotToShare
from schema.governance.objection import Objection
from schema.governance.person_record import PersonGovernance

LOOKED = "governance-of-person-read"


def concerns(consent: said.Consent, room: Governing, officer: Requester) -> bool:
    """Say whether a consent is about an agency's records, or lets the agency see others'."""
    own = {s.config.service for s in room.preparer.sources if s.config.agency == officer.organisation}
    recipient = not consent.recipients or officer.organisation in consent.recipients
    return recipient or not consent.services or not own.isdisjoint(consent.services)


def consent_of(found: said.Consent) -> Consent:
    """Give a consent as it is published."""
    return Consent(
        id=strawberry.ID(found.id),
        giver=found.giver,
        relationship=found.relationship,
        capacity=found.capacity,
        state=ConsentStanding[found.state.name],
        services=sorted(found.services),
        kinds=sorted(found.kinds),
        recipients=sorted(found.recipients),
        purposes=sorted(found.purposes),
        method=found.method,
        evidence=found.evidence,
        recorded_by=found.recorded_by,
        recorded_at=found.recorded_at,
        given=found.given,
        expires=found.expires,
        reason=found.reason,
    )


def _objection(found: objections.Objection) -> Objection:
    return Objection(
        id=strawberry.ID(found.id),
        provider=found.provider,
        services=sorted(found.services),
        objector=found.objector,
        received=found.received,
        state=found.state.value,
        assessed=found.assessed,
        reason=found.reason,
    )


def _decision(found: decided.NotSharing) -> DecisionNotToShare:
    return DecisionNotToShare(
        id=strawberry.ID(found.id),
        provider=found.provider,
        services=sorted(found.services),
        kinds=sorted(found.kinds),
        reason=found.reason,
        start=found.start,
        review=found.review,
        decided_by=found.decided_by,
    )


def allocation_of(found: allocated.Allocation) -> Allocation:
    """Give an allocation as it is published."""
    return Allocation(
        id=strawberry.ID(found.id),
        organisation=found.organisation,
        worker=found.worker,
        team=found.team,
        start=found.start,
        last=found.ending,
    )


@strawberry.type
class PersonQueries:
    """What may be asked of what was recorded about a person."""

    @strawberry.field(
        description="What officers recorded about a person whom your agency's own records know; null for anybody else,"
        " and for nobody."
    )
    async def person(
        self,
        info: Info,
        id: PersonId,  # noqa: A002 -- the schema's word
    ) -> PersonGovernance | None:
        """Show what was recorded about a person."""
        room, officer = info.context.governing, info.context.requester
        try:
            ids = await of_own_agency(room, str(id), officer)
        except CannotBeDone:
            return None
        await room.acting.note(by_of(officer), Note(LOOKED, "one-person", str(id)))
        acting, own = room.acting, officer.organisation
        consents = await consenting.consents_listed(acting.database, ids)
        raised = await objecting.objections(acting, ids, own)
        taken = await withholding.decisions(acting, ids, own)
        workers = await allocating.allocations(acting, ids, organisation=own)
        faulty = (*consents.faulty, *raised.faulty, *taken.faulty, *workers.faulty)
        return PersonGovernance(
            consents=[consent_of(c) for c in consents.found if concerns(c, room, officer)],
            objections=[_objection(o) for o in raised.found],
            decisions_not_to_share=[_decision(kept.decision) for kept in taken.found if kept.ended_by is None],
            allocations=[allocation_of(a) for a in workers.found],
            unreadable=[unreadable_of(one) for one in faulty],
        )

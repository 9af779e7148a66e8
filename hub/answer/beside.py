"""What is told beside a person's records: what the family said of consent, and the asker's own emergency access. Pure.

Consent is told of a service whose records are shown, and of no other: a word about any other would tell that it
knows the child.
"""

from collections.abc import Iterable

from hub.answer.question import Question
from hub.answer.released import SourceResult
from hub.governance.register import Standing
from schema.governance.consent_told import ConsentStanding, ServiceConsent
from schema.governance.emergency_access import EmergencyAccess
from schema.person import Person


def tell_beside(
    person: Person, question: Question, ids: frozenset[str], results: Iterable[SourceResult], standing: Standing
) -> None:
    """Put beside a person what was asked for, as governance has it at the moment of release."""
    if "consent" in question.wanted.beside:
        person.consent = _consent(question, ids, results, standing)
    if "emergency_access" in question.wanted.beside:
        person.emergency_access = _emergency(question, ids, standing)


def _consent(
    question: Question, ids: frozenset[str], results: Iterable[SourceResult], standing: Standing
) -> list[ServiceConsent]:
    told = []
    today, recipient = standing.today, question.requester.organisation
    for service in dict.fromkeys(result.answer.service for result in results if result.records):
        found = standing.consent_summary(ids, service, question.purpose, recipient, today)
        told.append(
            ServiceConsent(
                service=service,
                state=ConsentStanding[found.state.name],
                refused_by=sorted(found.refused_by),
                given_by=sorted(found.given_by),
                disagree=found.disagree,
                since=found.since,
                expires=found.expires,
            )
        )
    return told


def _emergency(question: Question, ids: frozenset[str], standing: Standing) -> EmergencyAccess | None:
    who = question.requester
    for owner in sorted({owner for grant in standing.grants for owner in grant.owners}):
        grant = standing.break_glass(ids, who.subject, who.role, who.organisation, owner)
        if grant is not None:
            return EmergencyAccess(reference=grant.id, ends=grant.ends, banner=grant.banner)  # type: ignore[arg-type] # strawberry.ID is a NewType of str
    return None

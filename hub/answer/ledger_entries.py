"""What the ledger is told of a question: the names of fields, codes and rules. Never a value."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.answer.deciding import Decided
from hub.answer.question import Question
from hub.answer.released import SourceResult
from hub.audit.entries import (
    Ended,
    Intent,
    OutcomeRecord,
    Search,
    SourceIntent,
    SourceOutcome,
    bucket,
    new_record_id,
)
from hub.audit.pseudonyms import Pseudonyms


def intent_of(
    question: Question,
    person_id: str,
    decided: Iterable[Decided],
    called: frozenset[str],
    version: str,
    names: Pseudonyms,
) -> Intent:
    """Write down a question about one person, before any source is asked."""
    sources = tuple(
        SourceIntent(
            source=d.source.config.id,
            service=d.source.config.service,
            called=d.source.config.id in called,
            asked=tuple(sorted(d.asked)),
            permitted=tuple(sorted(d.permitted)),
            rules=d.rules,
            facts={
                "basis": d.facts.basis.value,
                "consent": d.facts.consent.value,
                "agreement": d.facts.agreement.value,
                "relationship": d.facts.relationship.value,
            },
        )
        for d in decided
    )
    return Intent(
        record_id=new_record_id(),
        request_id=question.request_id,
        at=question.asked_at,
        actor=names.actor(question.requester.subject),
        role=question.requester.role,
        organisation=question.requester.organisation,
        purpose=question.purpose,
        basis=next((d.facts.basis for d in decided), None),
        reference=names.reference(question.reference) if question.reference else None,
        subject=names.subject(person_id),
        policy_version=version,
        sources=sources,
    )


def outcome_of(intent: Intent, results: Mapping[str, SourceResult], ended: Ended, now: datetime) -> OutcomeRecord:
    """Write down the answer about one person, before its first byte is released."""
    return OutcomeRecord(
        record_id=new_record_id(),
        intent_id=intent.record_id,
        request_id=intent.request_id,
        at=now,
        subject=intent.subject,
        sources=tuple(
            SourceOutcome(
                source=source,
                outcome=r.answer.outcome,
                reason=r.answer.reason,
                released=tuple(sorted(r.shown)),
                withheld=tuple(sorted(r.gaps)),
                records=bucket(len(r.records)),
            )
            for source, r in results.items()
        ),
        ended=ended,
    )


def search_of(question: Question, criteria: Iterable[str], presented: Iterable[str], names: Pseudonyms) -> Search:
    """Write down a search: the criteria's names and who was presented."""
    return Search(
        record_id=new_record_id(),
        request_id=question.request_id,
        at=question.asked_at,
        actor=names.actor(question.requester.subject),
        role=question.requester.role,
        organisation=question.requester.organisation,
        purpose=question.purpose,
        reference=names.reference(question.reference) if question.reference else None,
        criteria=tuple(sorted(criteria)),
        presented=tuple(names.subject(p) for p in presented),
    )

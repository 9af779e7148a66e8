"""What the ledger is told of a question: the names of fields, codes and rules. Never a value."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from hub.answer.asked import Asked
from hub.answer.deciding import KEPT, Decided
from hub.answer.question import Question
from hub.answer.released import SourceResult
from hub.audit.entries import (
    Bucket,
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
from hub.governance.versions.fact_words import KEPT_BACK, told_in_ledger
from policies.facts import Facts
from policies.rulebook import Rulebook
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.reasons import Reason
from schema.services import Service

_about = lru_cache(maxsize=KEPT)(bucket)


def intents_of(question: Question, asked: Sequence[Asked], rulebook: Rulebook, names: Pseudonyms) -> list[Intent]:
    """Write down a question about each person, before any source is asked."""
    actor = names.actor(question.requester.subject)
    reference = names.reference(question.reference) if question.reference else None
    written: dict[tuple[int, frozenset[str]], tuple[SourceIntent, ...]] = {}
    intents = []
    for one in asked:
        decided, called = one.decided.values(), frozenset(e.source.config.id for e in one.errands)
        sources = written.get((id(one.decided), called))  # one decided alike and asked of the same is written alike
        if sources is None:
            sources = tuple(_source_intent(d, rulebook.telling, called=d.source.config.id in called) for d in decided)
            written[id(one.decided), called] = sources
        intents.append(
            Intent(
                record_id=new_record_id(question.asked_at),
                request_id=question.request_id,
                at=question.asked_at,
                actor=actor,
                role=question.requester.role,
                organisation=question.requester.organisation,
                purpose=question.purpose,
                basis=next((d.facts.basis for d in decided), None),
                reference=reference,
                subject=names.subject(one.subject),
                policy_version=rulebook.version,
                sources=sources,
            )
        )
    return intents


def _source_intent(decided: Decided, telling: frozenset[str], *, called: bool) -> SourceIntent:
    config, whole = decided.source.config, decided.mask.ruling is not None
    asked, permitted, facts = decided.asked, decided.permitted, decided.facts
    rules = rules_told(decided.rules, telling)
    return _written(config.id, config.service, called, asked, permitted, rules, facts, whole)


def rules_told(rules: tuple[str, ...], telling: frozenset[str]) -> tuple[str, ...]:
    """Give the rules the ledger may name; of those whose very name tells a flag, only how many there were."""
    if telling.isdisjoint(rules):
        return rules
    named = tuple(rule for rule in rules if rule not in telling)
    return (*named, f"{KEPT_BACK}.{len(rules) - len(named)}")


@lru_cache(maxsize=KEPT)
def _written(
    source: str,
    service: Service,
    called: bool,  # noqa: FBT001 -- part of what the entry is kept by
    asked: frozenset[FieldId],
    permitted: frozenset[FieldId],
    rules: tuple[str, ...],
    facts: Facts,
    whole: bool,  # noqa: FBT001 -- the same
) -> SourceIntent:
    """Write one source's part, kept by what it says: it tells of kinds of asker and facts, and never of a person."""
    return SourceIntent(
        source=source,
        service=service,
        called=called,
        asked=tuple(sorted(asked)),
        permitted=tuple(sorted(permitted)),
        rules=rules,
        facts=told_in_ledger(facts, whole=whole),
    )


def outcome_of(intent: Intent, results: Mapping[str, SourceResult], ended: Ended, now: datetime) -> OutcomeRecord:
    """Write down the answer about one person, before its first byte is released."""
    return OutcomeRecord(
        record_id=new_record_id(now),
        intent_id=intent.record_id,
        request_id=intent.request_id,
        at=now,
        subject=intent.subject,
        sources=tuple(
            _became(source, r.answer.outcome, r.answer.reason, r.shown, frozenset(r.gaps), _about(len(r.records)))
            for source, r in results.items()
        ),
        ended=ended,
    )


@lru_cache(maxsize=KEPT)
def _became(
    source: str,
    outcome: Outcome,
    reason: Reason | None,
    shown: frozenset[FieldId],
    gaps: frozenset[FieldId],
    records: Bucket,
) -> SourceOutcome:
    """Write what became of one source, kept by what it says."""
    return SourceOutcome(source, outcome, reason, tuple(sorted(shown)), tuple(sorted(gaps)), records)


def search_of(question: Question, criteria: Iterable[str], presented: Iterable[str], names: Pseudonyms) -> Search:
    """Write down a search: the criteria's names and who was presented."""
    return Search(
        record_id=new_record_id(question.asked_at),
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

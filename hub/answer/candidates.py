"""Candidates: whoever a search found, as far as they may be shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hub.answer.deciding import Decided
from hub.people.found import Candidate, Found, Held, Result
from hub.reviews.watching import Shown
from policies.masks import apply_mask
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.person import age_on, most_held
from schema.records import Sex
from schema.search import MatchEvidence, PersonCandidate, PersonMatch, SearchAnswer, SearchOutcome

GIVEN, FAMILY = FieldId("PersonName.given"), FieldId("PersonName.family")
BORN, DUE, SEX = FieldId("Birth.date_of_birth"), FieldId("Birth.expected_date_of_birth"), FieldId("Birth.sex")
POSTCODE, LINES = FieldId("Address.postcode"), FieldId("Address.lines")
NUMBER = FieldId("Identifier.value")

Seen = tuple[Candidate, Mapping[str, Decided]]
"""Somebody found who may be shown, and what was decided of them at each source."""

_OUTCOMES = {
    Result.MATCH: (SearchOutcome.MATCH, "One person satisfies the release rule. Check that it is the right one."),
    Result.POSSIBLE: (SearchOutcome.POSSIBLE, "Nobody is certain: compare the evidence and choose, or give more."),
    Result.TOO_MANY: (
        SearchOutcome.TOO_MANY,
        "Too many could be meant: add a given name, postcode or identifier.",
    ),
    Result.NO_MATCH: (
        SearchOutcome.NO_MATCH,
        "Nobody you may see was found by what was searched. That does not mean that no service knows the child.",
    ),
}


def answered(found: Found, seen: Sequence[Seen], today: date) -> SearchAnswer:
    """Give the answer to a search: what it came to, and whoever may be shown as far as they may."""
    outcome, explanation = _OUTCOMES[_result(found, [candidate for candidate, _ in seen])]
    return SearchAnswer(
        outcome=outcome,
        searched=list(found.searched),
        explanation=explanation,
        candidates=[_candidate(c, decided, found.rule_version, today) for c, decided in seen],
    )


def only_match(found: Found, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """Give the one person who satisfies the release rule, where a search came to that."""
    matched = bool(seen) and _result(found, [candidate for candidate, _ in seen]) is Result.MATCH
    return (seen[0],) if matched else ()


def told(found: Found, seen: Sequence[Seen]) -> PersonMatch:
    """Give what another authority's hub is told of a search: who satisfies the release rule, and nobody else."""
    outcome, _ = _OUTCOMES[_result(found, [candidate for candidate, _ in seen])]
    ids = [candidate.person_id for candidate, _ in only_match(found, seen)]
    return PersonMatch(outcome=outcome, id=ids[0] if ids else None)  # type: ignore[arg-type] # strawberry.ID is a NewType of str


TOLD_TOO_LITTLE = PersonMatch(outcome=SearchOutcome.TOO_MANY)
"""What it is told where there was too little to search with: to give more."""


def _candidate(candidate: Candidate, decided: Mapping[str, Decided], version: str, today: date) -> PersonCandidate:
    held = [(h, decided[h.source_id]) for h in candidate.held]
    born = most_held(_shown(d, BORN, h.traits.date_of_birth) for h, d in held)
    sex = most_held(_shown(d, SEX, h.traits.sex) for h, d in held)
    year_alone = any(d.mask.decide(BORN).verdict is Verdict.MASK for _, d in held)
    return PersonCandidate(
        id=candidate.person_id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        names=_distinct(name for h, d in held for name in _names_of(h, d)),
        date_of_birth=born if isinstance(born, date) else None,
        expected_date_of_birth=most_held(_day(_shown(d, DUE, h.traits.expected_date_of_birth)) for h, d in held),
        age=age_on(born, today) if isinstance(born, date) and not year_alone else None,
        sex=Sex[sex] if isinstance(sex, str) and sex in Sex.__members__ else None,
        postcodes=_distinct(str(code) for h, d in held for p in h.traits.postcodes if (code := _shown(d, POSTCODE, p))),
        services=sorted({h.service for h, _ in held}),
        score=candidate.score,
        evidence=[MatchEvidence(field=e.field, agreement=str(e.agreement), bits=e.bits) for e in candidate.evidence],
        rule=f"{candidate.rule} {version}" if candidate.rule else None,
        notes=[str(n) for n in candidate.notes],
    )


def looked(candidate: Candidate, decided: Mapping[str, Decided]) -> Shown:
    """Give what of a candidate was shown that might be the asker's own."""
    held = [(h.traits, decided[h.source_id]) for h in candidate.held]
    surnames = {str(name) for t, d in held for n in t.names if (name := _shown(d, FAMILY, n.family))}
    postcodes = {str(code) for t, d in held for p in t.postcodes if (code := _shown(d, POSTCODE, p))}
    return Shown(candidate.person_id, frozenset(surnames), frozenset(postcodes))


def to_tell(seen: Iterable[Seen]) -> Iterable[str]:
    """Give the agencies to which a rule owes word that records of theirs are shown."""
    for candidate, decided in seen:
        for here in (decided[held.source_id] for held in candidate.held):
            if here.told and not here.facts.own:
                yield here.source.config.agency


def _result(found: Found, seen: Sequence[Candidate]) -> Result:
    """Say what the search came to, as if whoever may not be shown were not there."""
    if not found.candidates:
        return found.result
    if not seen:
        return Result.NO_MATCH
    first = found.candidates[0]
    return found.result if (seen[0].person_id, seen[0].rule) == (first.person_id, first.rule) else Result.POSSIBLE


def _shown(decided: Decided, fid: FieldId, value: object) -> object:
    """Give a value as far as it may be shown."""
    if value is None:
        return None
    decision = decided.mask.decide(fid)
    if decision.verdict is Verdict.PERMIT:
        return value
    return apply_mask(decision.mask, value) if decision.verdict is Verdict.MASK and decision.mask else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _names_of(held: Held, decided: Decided) -> Iterable[str]:
    for name in held.traits.names:
        parts = (_shown(decided, GIVEN, name.given), _shown(decided, FAMILY, name.family))
        if whole := " ".join(str(p) for p in parts if p):
            yield whole


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))

"""What is said of each source and each gap, in words a worker can act on. Never a value."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from connectors.neighbour import Said
from hub.answer.gather import Found
from hub.answer.question import PATHS
from hub.answer.sources import ConnectedSource
from hub.audit.reports import decision_id as decision_id_of
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId
from schema.outcomes import Outcome
from schema.person import age_on
from schema.reasons import Reason
from schema.sources import Coverage, SourceAnswer, TeamContact
from schema.withheld import Withheld

_SAID: Mapping[Outcome, str] = {
    Outcome.RECORDS: "{name} answered.",
    Outcome.NONE_HELD: "{name}: nothing that could be shown is held about this person, as of the time given. {worried}",
    Outcome.NOT_COVERED: "{name} does not cover this person's age or area: no answer either way. {worried}",
    Outcome.BROKERED: "{name} does not answer here. {route}",
    Outcome.UNAVAILABLE: "{name} could not be asked: what it knows is unknown. Try again, or ring the team.",
    Outcome.TIMED_OUT: "{name} did not answer in time: what it knows is unknown. Try again, or ring the team.",
    Outcome.STALE: "{name} answered from data older than it should be.",
    Outcome.UNIDENTIFIED: "{name} may know this person; that could not be told for certain: ring the team.",
}

SAYS = "So says {hub}."
"""Whose word it is, where another authority's hub was asked."""


def covers(coverage: Coverage, born: date | None, today: date) -> bool:
    """Say whether a source covers a person of this birth date; unknown ages are covered."""
    if coverage.youngest is None and coverage.oldest is None:
        return True
    age = age_on(born, today)
    if age is None:
        return True
    return (coverage.youngest is None or age >= coverage.youngest) and (
        coverage.oldest is None or age <= coverage.oldest
    )


def explain_source(
    source: ConnectedSource,
    outcome: Outcome,
    reason: Reason | None,
    *,
    found: Found | None = None,
    as_of: datetime | None = None,
) -> SourceAnswer:
    """Say what became of asking one source."""
    c = source.config
    return SourceAnswer(
        source=c.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        service=c.service,
        name=c.name,
        outcome=outcome,
        reason=reason,
        explanation=_words(source, outcome, reason, source.contact),
        as_of=found.as_of if found and found.as_of else as_of,
        retrieved_at=found.retrieved_at if found else None,
        coverage=source.coverage,
        complete=found.complete if found else outcome is Outcome.NONE_HELD,
        contact=source.contact,
    )


def explain_as_said(source: ConnectedSource, answer: SourceAnswer, word: Said, outcome: Outcome) -> SourceAnswer:
    """Say what another authority's hub said of asking a source of its own: whose word it is, and whom to ring there."""
    contact, reason = word.contact or source.contact, word.reason if outcome is word.outcome else None
    return replace(
        answer,
        outcome=outcome,
        reason=reason,
        explanation=f"{_words(source, outcome, reason, contact)} {SAYS.format(hub=word.hub)}",
        as_of=word.as_of or answer.as_of,
        coverage=word.coverage or answer.coverage,
        complete=answer.complete and word.complete,
        contact=contact,
    )


def _words(source: ConnectedSource, outcome: Outcome, reason: Reason | None, team: TeamContact | None) -> str:
    said = _SAID.get(outcome, "{name}: " + (f"{reason.means} {reason.remedy}" if reason else "not shown."))
    return said.format(name=source.config.name, route=_route(team), worried=_worried(team)).rstrip()


def _route(team: TeamContact | None) -> str:
    """Say whom to ring instead of reading it here: the source's own team, by name and number."""
    if team is None:
        return "Speak to the service's duty desk."
    return f"Ring {team.team}{f' on {team.phone}' if team.phone else ''}."


def _worried(team: TeamContact | None) -> str:
    """Say the neutral route, in the same words whether nothing is held or the rules hide that something is.

    Were it said only where a rule hides something and lets a team be rung (``broker-unnamed``), saying it would tell.
    """
    return "If you are worried about the child, ring the team given." if team else ""


def explain_gaps(
    source: ConnectedSource,
    gaps: Mapping[FieldId, Decision],
    decision_id: str,
    word: Said | None = None,
    theirs: frozenset[FieldId] = frozenset(),
) -> Iterable[Withheld]:
    """Say, for each field asked and not shown whole, why and what to do; an omitted one is not mentioned.

    ``theirs`` are the fields that another authority's hub held back, by the ``word`` it gave.
    """
    for fid in sorted(gaps):
        decision = gaps[fid]
        if decision.verdict is Verdict.OMIT or decision.reason is None:
            continue
        if word is not None and fid in theirs:
            yield _gap_as_said(source, fid, decision, decision.reason, word)
            continue
        yield Withheld(
            path=PATHS[fid],
            service=source.config.service,
            source=source.config.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
            kind=CATALOGUE[fid].kind,
            masked=decision.verdict is Verdict.MASK,
            code=decision.reason,
            reason=decision.reason.means,
            remedy=_route(source.contact) if decision.verdict is Verdict.BROKER else decision.reason.remedy,
            ring=source.contact if decision.verdict is Verdict.BROKER else None,
            decision_id=decision_id_of(decision_id, source.config.id, PATHS[fid]),  # type: ignore[arg-type] # the same
        )


def _gap_as_said(source: ConnectedSource, fid: FieldId, decision: Decision, reason: Reason, word: Said) -> Withheld:
    """Say what another authority's hub held back: its reason, its decision to quote to it, and its team to ring."""
    contact, brokered = word.contact or source.contact, decision.verdict is Verdict.BROKER
    return Withheld(
        path=PATHS[fid],
        service=source.config.service,
        source=source.config.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        kind=CATALOGUE[fid].kind,
        masked=decision.verdict is Verdict.MASK,
        code=reason,
        reason=f"{reason.means} {SAYS.format(hub=word.hub)}",
        remedy=_route(contact) if brokered else reason.remedy,
        ring=contact if brokered else None,
        decision_id=word.gaps[fid].decision,  # type: ignore[arg-type] # the same
    )

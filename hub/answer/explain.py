"""What is said of each source and each gap, in words a worker can act on. Never a value."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from hub.answer.gather import Found
from hub.answer.question import PATHS
from hub.answer.sources import ConnectedSource
from hub.audit.reports import decision_id as decision_id_of
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId
from schema.outcomes import Outcome
from schema.person import age_on
from schema.reasons import Reason
from schema.sources import Coverage, SourceAnswer
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


def covers(coverage: Coverage, born: date | None, today: date) -> bool:
    """Say whether a source covers a person of this birth date; unknown ages are covered."""
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
    said = _SAID.get(outcome, "{name}: " + (f"{reason.means} {reason.remedy}" if reason else "not shown."))
    return SourceAnswer(
        source=c.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        service=c.service,
        name=c.name,
        outcome=outcome,
        reason=reason,
        explanation=said.format(name=c.name, route=_route(source), worried=_worried(source)).rstrip(),
        as_of=found.as_of if found and found.as_of else as_of,
        retrieved_at=found.retrieved_at if found else None,
        coverage=source.coverage,
        complete=found.complete if found else outcome is Outcome.NONE_HELD,
        contact=source.contact,
    )


def _route(source: ConnectedSource) -> str:
    """Say whom to ring instead of reading it here: the source's own team, by name and number."""
    team = source.contact
    if team is None:
        return "Speak to the service's duty desk."
    return f"Ring {team.team}{f' on {team.phone}' if team.phone else ''}."


def _worried(source: ConnectedSource) -> str:
    """Say the neutral route, in the same words whether nothing is held or the rules hide that something is.

    Were it said only where a rule hides something and lets a team be rung (``broker-unnamed``), saying it would tell.
    """
    return "If you are worried about the child, ring the team given." if source.contact else ""


def explain_gaps(source: ConnectedSource, gaps: Mapping[FieldId, Decision], decision_id: str) -> Iterable[Withheld]:
    """Say, for each field asked and not shown whole, why and what to do; an omitted one is not mentioned."""
    for fid in sorted(gaps):
        decision = gaps[fid]
        if decision.verdict is Verdict.OMIT or decision.reason is None:
            continue
        yield Withheld(
            path=PATHS[fid],
            service=source.config.service,
            source=source.config.id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
            kind=CATALOGUE[fid].kind,
            masked=decision.verdict is Verdict.MASK,
            code=decision.reason,
            reason=decision.reason.means,
            remedy=_route(source) if decision.verdict is Verdict.BROKER else decision.reason.remedy,
            ring=source.contact if decision.verdict is Verdict.BROKER else None,
            decision_id=decision_id_of(decision_id, source.config.id, PATHS[fid]),  # type: ignore[arg-type] # the same
        )

"""From what each source gave to a person: outcomes said, records put in order, gaps named."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from connectors.neighbour import Said
from hub.answer.as_said import SILENT, as_said
from hub.answer.deciding import Decided
from hub.answer.explain import covers, explain_gaps, explain_source
from hub.answer.gather import Found
from hub.answer.kin import Sight
from hub.answer.question import EXISTENCE, Wanted
from hub.answer.release import Releaser, opaque_ids, stamp
from hub.answer.result import SourceResult
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId, RecordName
from schema.outcomes import Outcome
from schema.person import PARTS, Person, in_order
from schema.reasons import Reason
from schema.records import Record
from schema.sources import Coverage, SourceAnswer

__all__ = ["SourceResult", "person_of", "result_of"]

BORN = FieldId("Birth.date_of_birth")

UNKNOWN = frozenset({Outcome.UNAVAILABLE, Outcome.TIMED_OUT, Outcome.UNIDENTIFIED})
"""Outcomes after which an empty list would be a lie."""


def result_of(
    decided: Decided,
    found: Found | None,
    *,
    sight: Sight | None,
    last_sync: datetime | None,
    born: date | None,
    ids: bytes | None,
    now: datetime,
) -> SourceResult:
    """Give one source's part: what was found, released under what was decided. ``found`` is none if not asked.

    ``sight`` is what may be told of those whom relationships name; none where no relationship was asked for. What
    another authority's hub said of it is joined with what is said here, as long as anything of it may be shown here.
    """
    result = _result_of(decided, found, sight, last_sync, born, ids, now)
    if found is None or found.said is None or not decided.permitted:
        return result
    return as_said(decided, result, _of_this_age(found.said, born, now))


def _of_this_age(word: Said, born: date | None, now: datetime) -> Said:
    """Say of a source there that gave nothing whether it covers the person by the age known here.

    The other hub reckons it of those it knows alone: of a stranger it could not, and that would tell them apart.
    """
    if word.outcome not in SILENT:
        return word
    covered = covers(word.coverage or Coverage(), born, now.date())
    return replace(word, outcome=Outcome.NONE_HELD if covered else Outcome.NOT_COVERED)


def _result_of(
    decided: Decided,
    found: Found | None,
    sight: Sight | None,
    last_sync: datetime | None,
    born: date | None,
    ids: bytes | None,
    now: datetime,
) -> SourceResult:
    if not decided.existence.verdict.shows:
        return _service_held_back(decided, last_sync, born, now)
    if not decided.permitted:
        reason = next((d.reason for _, d in sorted(decided.refused.items())), Reason.NO_RULE_PERMITS)
        answer = explain_source(decided.source, Outcome.WITHHELD, reason)
        return SourceResult(answer, gaps=_visible(decided.refused))
    if found is None:
        return SourceResult(_none_held(decided, last_sync, born, now), gaps={})
    return _released(decided, found, sight, last_sync, born, ids, now)


def _service_held_back(decided: Decided, last_sync: datetime | None, born: date | None, now: datetime) -> SourceResult:
    decision = decided.existence
    if decision.verdict is Verdict.OMIT:
        # Existence itself is protected: said in the very words of a source that holds nothing.
        return SourceResult(_none_held(decided, last_sync, born, now))
    outcome = Outcome.BROKERED if decision.verdict is Verdict.BROKER else Outcome.WITHHELD
    return SourceResult(explain_source(decided.source, outcome, decision.reason), gaps={EXISTENCE: decision})


def _none_held(decided: Decided, last_sync: datetime | None, born: date | None, now: datetime) -> SourceAnswer:
    covered = covers(decided.source.coverage, born, now.date())
    outcome = Outcome.NONE_HELD if covered else Outcome.NOT_COVERED
    return explain_source(decided.source, outcome, None, as_of=last_sync)


def _released(
    decided: Decided,
    found: Found,
    sight: Sight | None,
    last_sync: datetime | None,
    born: date | None,
    ids: bytes | None,
    now: datetime,
) -> SourceResult:
    source, gaps = decided.source, _visible(decided.refused)
    if found.outcome in UNKNOWN:
        return SourceResult(explain_source(source, found.outcome, None, found=found), gaps=gaps)
    if sight is not None:
        found = sight.named(found, source.config.id)
    provenance = stamp(
        source.config.id, source.config.service, source.config.name, found.as_of, found.retrieved_at or now
    )
    opaque = opaque_ids(ids, source.config.id) if ids else None
    out = Releaser(decided.mask, decided.asked, provenance, opaque).release(found.records)
    if sight is not None:
        sight.narrow(out, source.config.id)
    if not out.records and not out.held_back:
        return _nothing_shown(decided, found, last_sync, born, now, unreadable=out.unreadable > 0)
    answer = explain_source(source, found.outcome, None, found=found)
    if out.wrong_types or out.unreadable:
        answer.complete = False
    shown, owner_told = frozenset(out.shown), out.owner_told or not decided.told.isdisjoint(out.shown)
    gaps = _visible({**decided.refused, **out.held_back})
    return SourceResult(answer, tuple(out.records), shown, gaps, owner_told=owner_told and not decided.facts.own)


def _nothing_shown(
    decided: Decided, found: Found, last_sync: datetime | None, born: date | None, now: datetime, *, unreadable: bool
) -> SourceResult:
    """Say what an answer with nothing to show means: none held, only if it was whole, readable and fresh.

    What may not be told of reads exactly like none held, and that like somebody whom the source's index does not
    name: as of when the index was read, for it was not asked about them, and when it was would tell that it was.
    """
    gaps = _visible(decided.refused)
    if found.outcome is Outcome.STALE:
        return SourceResult(explain_source(decided.source, Outcome.STALE, None, as_of=found.as_of), gaps=gaps)
    if unreadable or not found.complete:
        return SourceResult(explain_source(decided.source, Outcome.UNAVAILABLE, None), gaps=gaps)
    return SourceResult(_none_held(decided, last_sync, born, now))


def _visible(gaps: Mapping[FieldId, Decision]) -> Mapping[FieldId, Decision]:
    return {fid: d for fid, d in gaps.items() if d.verdict is not Verdict.OMIT}


def person_of(
    person_id: str,
    wanted: Wanted,
    results: Mapping[str, SourceResult],
    decision_id: str,
    sources: Iterable[Decided],
    today: date,
) -> Person:
    """Put one person's answer together: a list is null where something asked for is unknown or held back."""
    person = Person(id=person_id, today=today)  # type: ignore[arg-type] # strawberry.ID is a NewType of str
    held: dict[str, list[Record]] = {}
    for result in results.values():
        for record in result.records:
            held.setdefault(type(record).__name__, []).append(record)
    telling = [r for r in results.values() if _silent(r) or r.gaps]
    for name, kind in PARTS.items():
        ordered = in_order(name, held.get(kind, []))
        untold = frozenset(r.answer.service for r in telling if _hides(kind, wanted, r))
        person.untold[name] = untold
        if ordered or not untold:
            person.hold(name, ordered)
    person.masked_births = frozenset(
        source for source, r in results.items() if BORN in r.gaps and r.gaps[BORN].verdict is Verdict.MASK
    )
    person.sources = [r.answer for r in results.values()]
    parts = ((d.source, results[d.source.config.id]) for d in sources)
    person.withheld = [
        gap for source, r in parts for gap in explain_gaps(source, r.gaps, decision_id, r.word, r.theirs)
    ]
    return person


def _hides(record: RecordName, wanted: Wanted, result: SourceResult) -> bool:
    """Say whether a source's silence about this kind of record is not the same as holding none."""
    if _silent(result) or EXISTENCE in result.gaps:
        return True
    return any(CATALOGUE[fid].record == record for fid in result.gaps) and any(
        CATALOGUE[fid].record == record for fid in wanted.fields
    )


def _silent(result: SourceResult) -> bool:
    """Say whether a source's silence about anything is not the same as holding none."""
    empty_and_old = result.answer.outcome is Outcome.STALE and not result.records
    return result.answer.outcome in UNKNOWN or empty_and_old

"""What became of asking each source about each person: records released, outcomes said, gaps named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from connectors.neighbour import Said
from hub.answer.as_said import SILENT, as_said
from hub.answer.deciding import Decided
from hub.answer.explain import covers, explain_source
from hub.answer.gather import Found
from hub.answer.kin import Sight
from hub.answer.looks import Shown
from hub.answer.question import EXISTENCE
from hub.answer.release import Released, Releaser, opaque_ids, stamp
from hub.answer.result import UNKNOWN, SourceResult
from hub.answer.whole import AsItIs, release_together
from policies.verdicts import Decision, Verdict
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.reasons import Reason
from schema.records import Relationship
from schema.rows import holds
from schema.sources import Coverage, SourceAnswer

__all__ = ["Pair", "SourceResult", "result_of", "results_of"]


class Pair(NamedTuple):
    """A person and a source: what was decided, what was found, none where it was not asked, and what is known of both.

    ``sight`` is what may be told of those whom relationships name; none where no relationship was asked for.
    """

    decided: Decided
    found: Found | None
    sight: Sight | None
    last_sync: datetime | None
    born: date | None


def results_of(pairs: Sequence[Pair], *, ids: bytes | None, now: datetime) -> list[SourceResult]:
    """Give the part of each pair, as ``result_of`` would: what is the same of several is made out once for them all."""
    results: dict[int, SourceResult] = {}
    alike: dict[tuple[object, ...], list[int]] = {}
    today = now.date()
    for place, pair in enumerate(pairs):
        decided, found, sight, last_sync, born = pair
        if found is None:
            told = None
        elif found.said is not None or (sight is not None and holds(found.records, Relationship)):
            results[place] = result_of(*pair[:2], sight=sight, last_sync=last_sync, born=born, ids=ids, now=now)
            continue
        else:
            told = found.outcome, found.as_of, found.retrieved_at, found.complete, not found.records
        # What decides is the same object, and of the person nothing else counts: whether their age is covered, at most.
        key = id(decided), told, last_sync, covers(decided.source.coverage, born, today)
        alike.setdefault(key, []).append(place)
    for places in alike.values():
        results.update(zip(places, _alike([pairs[place] for place in places], ids, now), strict=True))
    return [results[place] for place in range(len(pairs))]


def _alike(pairs: Sequence[Pair], ids: bytes | None, now: datetime) -> Sequence[SourceResult]:
    """Give the parts of people of whom the same is true at one source, whatever their records hold."""
    decided, found, sight, last_sync, born = pairs[0]
    if found is None or not found.records or not _opened(decided, found):
        one = result_of(decided, found, sight=sight, last_sync=last_sync, born=born, ids=ids, now=now)
        return [one] * len(pairs)
    answers = [pair.found.records for pair in pairs if pair.found is not None]
    left = release_together(answers, _releaser(decided, found, ids, now))
    answer = explain_source(decided.source, found.outcome, None, found=found)
    gaps = _visible(decided.refused)
    told = {one: _owner_told(decided, one) for one in {each.shown for each in left if isinstance(each, AsItIs)}}
    return [
        SourceResult(answer, one.records, one.shown, gaps, owner_told=told[one.shown])
        if isinstance(one, AsItIs)
        else _of_released(decided, found, one, last_sync, born, now)
        for one in left
    ]


def _opened(decided: Decided, found: Found) -> bool:
    """Say whether records count: the service may be known, something of it may be shown, and it answered."""
    return decided.existence.verdict.shows and bool(decided.permitted) and found.outcome not in UNKNOWN


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
    source = decided.source
    if found.outcome in UNKNOWN:
        return SourceResult(explain_source(source, found.outcome, None, found=found), gaps=_visible(decided.refused))
    if sight is not None:
        found = sight.named(found, source.config.id)
    (left,) = release_together([found.records], _releaser(decided, found, ids, now))
    out = left if isinstance(left, Released) else Released(list(left.records), set(left.shown))
    if sight is not None:
        sight.narrow(out, source.config.id)
    return _of_released(decided, found, out, last_sync, born, now)


def _releaser(decided: Decided, found: Found, ids: bytes | None, now: datetime) -> Releaser:
    config = decided.source.config
    provenance = stamp(config.id, config.service, config.name, found.as_of, found.retrieved_at or now)
    return Releaser(decided.mask, decided.asked, provenance, opaque_ids(ids, config.id) if ids else None)


def _of_released(
    decided: Decided, found: Found, out: Released, last_sync: datetime | None, born: date | None, now: datetime
) -> SourceResult:
    if not out.records and not out.held_back:
        return _nothing_shown(decided, found, last_sync, born, now, unreadable=out.unreadable > 0)
    answer = explain_source(decided.source, found.outcome, None, found=found)
    if out.wrong_types or out.unreadable:
        answer.complete = False
    shown = frozenset(out.shown)
    owner_told = (out.owner_told and not decided.facts.own) or _owner_told(decided, shown)
    gaps = _visible({**decided.refused, **out.held_back})
    return SourceResult(answer, tuple(out.records), shown, gaps, owner_told=owner_told)


def _owner_told(decided: Decided, shown: Shown) -> bool:
    """Say whether another's fields were shown whose owner must be told of it."""
    return not decided.facts.own and not decided.told.isdisjoint(shown)


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

"""One person's answer put together from what each source gave: records in order, gaps named, silence told from none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from hub.answer.deciding import Decided
from hub.answer.explain import explain_gaps
from hub.answer.question import EXISTENCE, Wanted
from hub.answer.result import UNKNOWN, SourceResult
from policies.verdicts import Verdict
from schema.fields import CATALOGUE, FieldId, RecordName
from schema.outcomes import Outcome
from schema.person import PARTS, Person, in_order
from schema.records import Record
from schema.rows import Several, parts_of, still_rows
from schema.services import Service

BORN = FieldId("Birth.date_of_birth")
_NONE: frozenset[Service] = frozenset()


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
    held = _by_kind(results.values())
    telling = [r for r in results.values() if r.gaps or (not r.records and _silent(r))]
    for name, kind in PARTS.items():
        ordered = in_order(name, _one_after_another(held[kind])) if kind in held else []
        untold = frozenset(r.answer.service for r in telling if _hides(kind, wanted, r)) if telling else _NONE
        if untold:
            person.untold[name] = untold
        if ordered or not untold:
            person.hold(name, ordered)
    person.sources = [r.answer for r in results.values()]
    if telling:
        person.masked_births = frozenset(
            source for source, r in results.items() if BORN in r.gaps and r.gaps[BORN].verdict is Verdict.MASK
        )
        parts = ((d.source, results[d.source.config.id]) for d in sources)
        person.withheld = [
            gap for source, r in parts for gap in explain_gaps(source, r.gaps, decision_id, r.word, r.theirs)
        ]
    return person


def _by_kind(results: Iterable[SourceResult]) -> Mapping[str, Sequence[Sequence[Record]]]:
    """Give the records of each kind, in the order of their sources; rows that nobody has looked at stay rows."""
    held: dict[str, list[Any]] = {}
    for result in results:
        for part in parts_of(result.records):
            if still_rows(part):
                held.setdefault(part.table.kind.__name__, []).append(part)
                continue
            for record in part:
                its = held.setdefault(type(record).__name__, [[]])
                if type(its[-1]) is not list:
                    its.append([])
                its[-1].append(record)
    return held


def _one_after_another(parts: Sequence[Sequence[Record]]) -> Sequence[Record]:
    return parts[0] if len(parts) == 1 else Several(parts)


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

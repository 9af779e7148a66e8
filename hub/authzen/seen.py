"""Seen: what an answer about a named person shows of one field, as a decision. Pure.

A decision says no more than the answer does: what is left out without trace reads as what is not there, and so does
what is permitted and not held. So only what the asker would see is true.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from hub.answer.question import NESTED, PATHS
from hub.answer.result import UNKNOWN as UNTOLD
from hub.authzen.asked import OfPerson
from hub.authzen.told import Told, allows, obligations
from policies.told import told_to_worker
from policies.verdicts import Decision, Verdict
from policies.vocabulary import MASKABLE
from schema.fields import CATALOGUE, FieldId
from schema.outcomes import Outcome
from schema.person import PARTS, Person
from schema.reasons import Reason
from schema.sources import SourceAnswer

NOTHING: Final = "NOTHING"
"""The verdict on what is not there, or may not be known to be."""

UNKNOWN: Final = "UNKNOWN"
"""The verdict where the source could not say: closed until it can."""

_SILENT: Final = UNTOLD | {Outcome.NOT_COVERED, Outcome.STALE}
"""Outcomes after which nothing shown is not the same as nothing held."""

_HELD_BACK: Final = {Outcome.BROKERED: Verdict.BROKER, Outcome.WITHHELD: Verdict.WITHHOLD}
_PLACES: Final = {"involvements": "held_involvements", "chronology": "held_events"}
"""Where a person keeps the lists that a query narrows."""


def seen(person: Person | None, asked: OfPerson) -> Told:
    """Tell what one person's answer shows of the field asked for; of several sources, one that holds back decides."""
    answers = [a for a in person.sources if _concerns(a, asked)] if person is not None else []
    if person is None or not answers:
        return _nothing()
    for answer in answers:
        if answer.outcome in _HELD_BACK:
            return _held_back(_HELD_BACK[answer.outcome], answer.reason, answer)
    return _of_records(person, asked, {str(a.source): a for a in answers})


def _concerns(answer: SourceAnswer, asked: OfPerson) -> bool:
    wanted = asked.resource
    return answer.service is wanted.service and wanted.source in (None, answer.source)


def _of_records(person: Person, asked: OfPerson, answers: dict[str, SourceAnswer]) -> Told:
    field = asked.resource.field
    gaps = [gap for gap in person.withheld if gap.path == PATHS[field] and gap.source in answers]
    for gap in gaps:
        if not gap.masked:
            return _held_back(Verdict.WITHHOLD, gap.code, answers[gap.source], str(gap.decision_id))
    if not answers.keys() & shown_by(person, field):
        silent = next((a for a in answers.values() if a.outcome in _SILENT), None)
        return _unknown(silent) if silent else _nothing()
    if gaps:
        return _masked(asked, gaps[0].code, str(gaps[0].decision_id))
    return Told(decision=True, context=_context(Verdict.PERMIT, None))


def shown_by(person: Person, field: FieldId) -> set[str]:
    """Say which sources' records show a value in a field."""
    record, name = CATALOGUE[field].record, CATALOGUE[field].name
    found = (r for r in _records(person) if type(r).__name__ == record and getattr(r, name) not in (None, [], ""))
    return {r.provenance.source for r in found if r.provenance is not None}


def _records(person: Person) -> Iterator[Any]:
    for part in PARTS:
        for record in getattr(person, _PLACES.get(part, part)) or ():
            yield record
            for inner in NESTED.get(PARTS[part], {}):
                yield from _each(getattr(record, inner))


def _each(held: Any) -> Iterable[Any]:
    if held is None:
        return ()
    return held if isinstance(held, list) else (held,)


def _context(verdict: Verdict, reason: Reason | None) -> dict[str, Any]:
    told: dict[str, Any] = {"verdict": verdict.value}
    told["reason_user"] = {"en": told_to_worker(Decision(verdict, reason=reason))}
    return told | ({"code": reason.value, "remedy": reason.remedy} if reason else {})


def _nothing() -> Told:
    return Told(decision=False, context=_context(Verdict.OMIT, None) | {"verdict": NOTHING})


def _unknown(answer: SourceAnswer) -> Told:
    told = {"verdict": UNKNOWN, "reason_user": {"en": answer.explanation}, "outcome": answer.outcome.value}
    return Told(decision=False, context=told | _ring(answer))


def _held_back(verdict: Verdict, reason: Reason | None, answer: SourceAnswer, decision_id: str | None = None) -> Told:
    quoted = {"decision_id": decision_id} if decision_id else {}
    return Told(decision=False, context=_context(verdict, reason) | quoted | _ring(answer))


def _masked(asked: OfPerson, reason: Reason, decision_id: str) -> Told:
    mask = next((mask for mask, fields in MASKABLE.items() if asked.resource.field in fields), None)
    told = _context(Verdict.MASK, reason) | {"decision_id": decision_id} | obligations(mask)
    return Told(allows(asked.action, Verdict.MASK) and mask is not None, told)


def _ring(answer: SourceAnswer) -> dict[str, Any]:
    contact = answer.contact
    if contact is None:
        return {}
    told = {name: getattr(contact, name) for name in ("team", "phone", "email", "hours")}
    return {"contact": {name: value for name, value in told.items() if value is not None}}

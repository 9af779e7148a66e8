"""Weighing: the rules that apply to one field at one label make one decision. Order never matters."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from policies.candidates import NearRules
from policies.compiled import BIT, CompiledRow
from policies.conditions import CONDITIONS
from policies.facts import Facts
from policies.verdicts import Decision, NearMiss, Verdict
from policies.vocabulary import OnDeny
from schema.fields import FieldId
from schema.labels import Label, Tier
from schema.reasons import Reason

_LEAVES: Final = {
    OnDeny.MASK: Verdict.MASK,
    OnDeny.BROKER: Verdict.BROKER,
    OnDeny.WITHHOLD: Verdict.WITHHOLD,
    OnDeny.BROKER_UNNAMED: Verdict.OMIT,
    OnDeny.OMIT: Verdict.OMIT,
}

_TELLING: Final = (
    Reason.LEGAL_BAR,
    Reason.AGGREGATE_ONLY,
    Reason.NOT_FOR_THIS_PURPOSE,
    Reason.NOT_FOR_THIS_SYSTEM,
    Reason.NO_LAWFUL_BASIS,
    Reason.NO_AGREEMENT,
    Reason.DECISION_NOT_TO_SHARE,
    Reason.OBJECTION,
    Reason.GOVERNANCE_UNAVAILABLE,
    Reason.CONSENT_UNAVAILABLE,
    Reason.CONSENT_REFUSED,
    Reason.CONSENT_NOT_GIVEN,
    Reason.NO_REFERENCE,
    Reason.NO_REASON_GIVEN,
    Reason.NO_SECOND_PERSON,
    Reason.NOT_YOUR_CASE,
    Reason.PROTECTED,
    Reason.SOURCE_UNAVAILABLE,
    Reason.NO_RULE_PERMITS,
)
"""Of several reasons, the first here is given: what nothing can mend, then what must be mended first."""

_ERRANDS: Final = frozenset(
    {
        Reason.CONSENT_NOT_GIVEN,
        Reason.NO_REFERENCE,
        Reason.NO_REASON_GIVEN,
        Reason.NO_SECOND_PERSON,
        Reason.NOT_YOUR_CASE,
    }
)
"""What an asker may be sent away to mend: said only where mending it could open something."""

_HOPELESS: Final = frozenset({Reason.NOT_FOR_THIS_PURPOSE, Reason.NO_RULE_PERMITS})
"""Why a rule that permits a field never will to this asker, of anybody: no flag of a person counts towards it."""

_NEAREST: Final = 3


def weigh(
    field: FieldId,
    label: Label,
    live: Iterable[CompiledRow],
    near: Callable[[], Iterable[NearRules]],
    facts: Facts,
) -> Decision:
    """Decide one field at one label by the rules that apply there: any deny wins, the strictest of several."""
    bit = BIT[field]
    applying = [rule for rule in live if rule.covers & bit and label in rule.labels]
    allows = [rule for rule in applying if rule.allows]
    denies = [rule for rule in applying if not rule.allows]
    ids = tuple(sorted(r.row.id for r in allows)), tuple(sorted(r.row.id for r in denies))
    bars = [rule for rule in denies if rule.bars]
    if bars:
        barred = _barred(bars, *ids)
        errand = barred.reason in _ERRANDS and not allows
        return replace(barred, reason=_past_mending(field, label, near(), facts, barred.reason)) if errand else barred
    if not allows:
        return _unruled(field, label, near(), facts, ids[1])
    duties = tuple(sorted({duty for rule in allows for duty in rule.row.duties}))
    masking = denies or ([] if any(r.row.obligation is None for r in allows) else allows)
    if masking:
        reason = _telling(r.row.reason for r in masking)
        return Decision(Verdict.MASK, masking[0].row.obligation, *ids, reason, duties=duties)
    return Decision(Verdict.PERMIT, None, *ids, duties=duties)


def _telling(reasons: Iterable[Reason | None]) -> Reason:
    given = set(reasons)
    return next(reason for reason in _TELLING if reason in given)


def _barred(bars: list[CompiledRow], allow: tuple[str, ...], deny: tuple[str, ...]) -> Decision:
    left = {rule.row.id: rule.row.on_deny for rule in bars if rule.row.on_deny}
    verdict = max((_LEAVES[on_deny] for on_deny in left.values()), key=lambda v: v.strictness)
    strict = [rule for rule in bars if _LEAVES[left[rule.row.id]] is verdict]
    ring = all(rule.row.on_deny is OnDeny.BROKER_UNNAMED for rule in strict)
    return Decision(verdict, None, allow, deny, _telling(rule.row.reason for rule in strict), ring=ring)


def _past_mending(
    field: FieldId, label: Label, near: Iterable[NearRules], facts: Facts, errand: Reason | None
) -> Reason | None:
    """Give the errand if some rule might permit after it; else why none would: nobody is sent to ask in vain."""
    misses = [{_reason(w, label, facts) for w in one.unmet} & _HOPELESS for one in near if one.covers & BIT[field]]
    return errand if not all(misses) else _telling({Reason.NO_RULE_PERMITS}.union(*misses))


def _unruled(field: FieldId, label: Label, near: Iterable[NearRules], facts: Facts, deny: tuple[str, ...]) -> Decision:
    misses = sorted(_misses(field, label, near), key=lambda miss: (len(miss.failed), miss.rule))
    fewest = {miss.failed for miss in misses if len(miss.failed) == len(misses[0].failed)}
    reasons = {_reason(word, label, facts) for failed in fewest for word in failed}
    reason = _telling(reasons | {Reason.NO_RULE_PERMITS})
    return Decision(Verdict.WITHHOLD, None, (), deny, reason, tuple(misses[:_NEAREST]))


def _misses(field: FieldId, label: Label, near: Iterable[NearRules]) -> Iterable[NearMiss]:
    for one in near:
        if one.covers & BIT[field]:
            beyond = () if label in one.labels else ("sensitivity",)
            for rule in one.ids:
                yield NearMiss(rule, (*one.unmet, *beyond))


def _reason(word: str, label: Label, facts: Facts) -> Reason:
    if word == "purpose":
        return Reason.NOT_FOR_THIS_PURPOSE
    if word == "sensitivity":
        return Reason.PROTECTED if label.tier >= Tier.PROTECTED else Reason.NO_RULE_PERMITS
    return CONDITIONS[word].unmet(facts) if word in CONDITIONS else Reason.NO_RULE_PERMITS

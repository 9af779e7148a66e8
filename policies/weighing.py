"""Weighing: the rules that apply to one field at one label make one decision. Order never matters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

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
    OnDeny.OMIT: Verdict.OMIT,
}

_TELLING: Final = (
    Reason.LEGAL_BAR,
    Reason.AGGREGATE_ONLY,
    Reason.NOT_FOR_THIS_PURPOSE,
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

_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class NearRule:
    """An allow that speaks of this role and service, and the words it fails on."""

    rule: CompiledRow
    unmet: tuple[str, ...]


def weigh(
    field: FieldId,
    label: Label,
    live: Iterable[CompiledRow],
    near: Callable[[], Iterable[NearRule]],
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
        return _barred(bars, *ids)
    if not allows:
        return _unruled(field, label, near(), facts, ids[1])
    masking = denies or ([] if any(r.row.obligation is None for r in allows) else allows)
    if masking:
        return Decision(Verdict.MASK, masking[0].row.obligation, *ids, _telling(r.row.reason for r in masking))
    return Decision(Verdict.PERMIT, None, *ids)


def _telling(reasons: Iterable[Reason | None]) -> Reason:
    given = set(reasons)
    return next(reason for reason in _TELLING if reason in given)


def _barred(bars: list[CompiledRow], allow: tuple[str, ...], deny: tuple[str, ...]) -> Decision:
    verdicts = {rule.row.id: _LEAVES[rule.row.on_deny] for rule in bars if rule.row.on_deny}
    verdict = max(verdicts.values(), key=lambda v: v.strictness)
    reason = _telling(rule.row.reason for rule in bars if verdicts[rule.row.id] is verdict)
    return Decision(verdict, None, allow, deny, reason)


def _unruled(field: FieldId, label: Label, near: Iterable[NearRule], facts: Facts, deny: tuple[str, ...]) -> Decision:
    misses = sorted(_misses(field, label, near), key=lambda miss: (len(miss.failed), miss.rule))
    fewest = [miss for miss in misses if len(miss.failed) == len(misses[0].failed)]
    reasons = {_reason(word, label, facts) for miss in fewest for word in miss.failed}
    reason = _telling(reasons | {Reason.NO_RULE_PERMITS})
    return Decision(Verdict.WITHHOLD, None, (), deny, reason, tuple(misses[:_NEAREST]))


def _misses(field: FieldId, label: Label, near: Iterable[NearRule]) -> Iterable[NearMiss]:
    for one in near:
        if one.rule.covers & BIT[field]:
            beyond = () if label in one.rule.labels else ("sensitivity",)
            yield NearMiss(one.rule.row.id, (*one.unmet, *beyond))


def _reason(word: str, label: Label, facts: Facts) -> Reason:
    if word == "purpose":
        return Reason.NOT_FOR_THIS_PURPOSE
    if word == "sensitivity":
        return Reason.PROTECTED if label.tier >= Tier.PROTECTED else Reason.NO_RULE_PERMITS
    return CONDITIONS[word].unmet(facts) if word in CONDITIONS else Reason.NO_RULE_PERMITS

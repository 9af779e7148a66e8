"""Verdicts: what is decided of one field, with every rule that had a part in it."""

from dataclasses import dataclass

from policies.vocabulary import Duty, Mask
from schema.described import Word
from schema.reasons import Reason


class Verdict(Word):
    """What becomes of one field, from the most open to the most closed."""

    PERMIT = "PERMIT"
    MASK = "MASK"
    BROKER = "BROKER"
    WITHHOLD = "WITHHOLD"
    OMIT = "OMIT"

    @property
    def shows(self) -> bool:
        """Whether any part of the value is shown."""
        return self in _SHOWN

    @property
    def strictness(self) -> int:
        """How closed it is: a larger number is stricter."""
        return _STRICTNESS[self]


_SHOWN = frozenset({Verdict.PERMIT, Verdict.MASK})
_STRICTNESS = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would have allowed the field, and the words it failed on: columns, or conditions by name."""

    rule: str
    failed: tuple[str, ...]


class Fault(Word):
    """Why nothing could be decided, so that it can be alarmed: the answer is a refusal all the same."""

    UNKNOWN_WORD = "UNKNOWN_WORD"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided of one field: never a value, always the rules.

    ``allow`` and ``deny`` are the ids of every rule that applied, sorted; ``reason`` is none only for PERMIT.
    ``duties`` are owed by an answer that shows the field: those of every allow that applied. ``ring`` says, of OMIT
    alone, that a team may be given to ring as long as nothing says whose it is or that anything is held.
    """

    verdict: Verdict
    mask: Mask | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    reason: Reason | None = None
    near_misses: tuple[NearMiss, ...] = ()
    fault: Fault | None = None
    duties: tuple[Duty, ...] = ()
    ring: bool = False


REFUSED = Decision(Verdict.WITHHOLD, reason=Reason.NO_RULE_PERMITS)
"""What happens when nobody thought: no rule was found to apply."""

_FAULTS = {fault: Decision(Verdict.WITHHOLD, reason=Reason.NO_RULE_PERMITS, fault=fault) for fault in Fault}


def refused_by(fault: Fault) -> Decision:
    """Give the refusal that a fault leaves."""
    return _FAULTS[fault]


def strictest(decisions: list[Decision]) -> Decision:
    """Give the strictest of some decisions, with the rules of all: what must satisfy each of several labels.

    Equally strict ones are told apart by their rules and near misses, so that the order they come in never matters.
    """
    if len(decisions) == 1:
        return decisions[0]
    first = max(decisions, key=_told_apart)
    allow = tuple(sorted({rule for d in decisions for rule in d.allow}))
    deny = tuple(sorted({rule for d in decisions for rule in d.deny}))
    duties = tuple(sorted({duty for d in decisions for duty in d.duties})) if first.verdict.shows else ()
    ring = first.verdict is Verdict.OMIT and all(d.ring for d in decisions if d.verdict is Verdict.OMIT)
    return Decision(first.verdict, first.mask, allow, deny, first.reason, first.near_misses, duties=duties, ring=ring)


def _told_apart(one: Decision) -> tuple[int, tuple[str, ...], str, tuple[tuple[str, tuple[str, ...]], ...]]:
    return one.verdict.strictness, one.deny, one.reason or "", tuple((m.rule, m.failed) for m in one.near_misses)

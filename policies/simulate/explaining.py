"""Explaining: one question about one field, before anybody asks it: every rule that has a part, and both texts."""

from dataclasses import dataclass
from typing import Final

from policies.conditions import CONDITIONS
from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from policies.told import told_to_auditor, told_to_worker
from policies.verdicts import Decision, NearMiss, Verdict
from schema.fields import FieldId
from schema.labels import Label
from schema.reasons import Reason
from schema.services import Service

_COLUMNS: Final = {
    "purpose": "it is for another purpose",
    "agency": "it is for another agency",
    "sensitivity": "it does not reach what is this sensitive",
}
_NOT_HELD: Final = Decision(Verdict.OMIT, reason=Reason.PROTECTED)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is decided of one question about one field, and why."""

    asker: Asker
    service: Service
    facts: Facts
    field: FieldId
    labels: frozenset[Label]
    version: str
    decision: Decision

    def worker(self, *, held: bool) -> str:
        """Say what the worker is told, and whom to ask or what to do.

        ``held`` says whether the answer had anything in the field. Without that, what may be shown reads as what is
        hidden does: so nothing is learnt of what is hidden by asking for an explanation.
        """
        return told_to_worker(self.decision if held or not self.decision.verdict.shows else _NOT_HELD)

    @property
    def auditor(self) -> str:
        """Say what an auditor is told: the verdict, the version, every rule that had a part, and the near misses."""
        return told_to_auditor(self.decision, self.version)

    @property
    def near_misses(self) -> tuple[str, ...]:
        """Say which rules nearly allowed it, and what each failed on, in English."""
        return tuple(map(_missed, self.decision.near_misses))


def _missed(miss: NearMiss) -> str:
    failed = "; ".join(_COLUMNS.get(word) or f"it holds only where {CONDITIONS[word].means}" for word in miss.failed)
    return f"{miss.rule} failed only on: {failed}"


def explain(
    asker: Asker, service: Service, facts: Facts, field: FieldId, labels: frozenset[Label], rulebook: Rulebook
) -> Explanation:
    """Explain what is decided of a field of a service for this asker and these facts, of a record with these labels."""
    decision = rulebook.ruling(asker, service, facts).decide(field, labels)
    return Explanation(asker, service, facts, field, labels, rulebook.version, decision)

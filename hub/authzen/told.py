"""Told: one decision as a partner reads it. False unless something may be shown; rules are told to officers only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.authzen.words import Action
from hub.authzen.wrong import Wrong
from policies.told import told_to_auditor, told_to_worker
from policies.verdicts import Decision, Verdict
from policies.vocabulary import Duty, Mask

JsonObject = Mapping[str, Any]
"""A JSON object as it is written."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in the form of section 5.5 of the specification."""

    decision: bool
    context: JsonObject = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {"decision": self.decision, "context": self.context}


def allows(action: Action, verdict: Verdict) -> bool:
    """Say whether an action is permitted by a verdict: a part of a value is not the whole."""
    return verdict is Verdict.PERMIT or (verdict is Verdict.MASK and action is Action.VIEW)


def obligations(mask: Mask | None, duties: Iterable[Duty] = ()) -> dict[str, Any]:
    """Give what whoever shows the value must do, each with an id of its own in the list."""
    owed = [{"id": "mask", "mask": mask.value, "means": mask.means}] if mask else []
    owed += [{"id": duty.value, "means": duty.means} for duty in duties]
    return {"obligations": owed} if owed else {}


def told_of(decision: Decision, action: Action, version: str, *, officer: bool) -> Told:
    """Tell a decision about a kind of question."""
    context: dict[str, Any] = {"verdict": decision.verdict.value, "reason_user": {"en": told_to_worker(decision)}}
    if decision.reason is not None:
        context |= {"code": decision.reason.value, "remedy": decision.reason.remedy}
    context["policy_version"] = version
    if decision.verdict.shows:
        context |= obligations(decision.mask, decision.duties)
    if officer:
        context["reason_admin"] = {"en": told_to_auditor(decision, version)}
        context["rules"] = {"allow": list(decision.allow), "deny": list(decision.deny)}
    return Told(allows(action, decision.verdict), context)


def told_wrong(wrong: Wrong) -> Told:
    """Tell that one evaluation of several could not be made (section 7.2.1): closed, with what is wrong with it."""
    return Told(decision=False, context={"error": {"status": wrong.status, "message": str(wrong)}})

"""Told: one decision in words, once for the worker who asked and once for the auditor who looks at it afterwards."""

from policies.verdicts import Decision, Verdict

_TO_WORKERS = {
    Verdict.PERMIT: "Shown.",
    Verdict.MASK: "A part is shown.",
    Verdict.BROKER: "Not shown here: ring the team given.",
    Verdict.WITHHOLD: "Not shown.",
    Verdict.OMIT: "Nothing that could be shown is held about this person.",
}


def told_to_worker(decision: Decision) -> str:
    """Say what a worker reads, and whom to ask; of what may not be known to be there, what is said where nothing is."""
    said = _TO_WORKERS[decision.verdict]
    if decision.verdict is Verdict.OMIT:
        return f"{said} If you are worried about the child, ring the team given." if decision.ring else said
    return f"{said} {decision.reason.means} {decision.reason.remedy}" if decision.reason else said


def told_to_auditor(decision: Decision, version: str) -> str:
    """Say what an auditor reads: the verdict, the version, every rule that had a part, what is owed, near misses."""
    parts = [f"{decision.verdict} by version {version}."]
    parts += [f"Allowed by {', '.join(decision.allow)}."] * bool(decision.allow)
    parts += [f"Denied by {', '.join(decision.deny)}."] * bool(decision.deny)
    parts += [f"{decision.reason}: {decision.reason.audit}"] if decision.reason else []
    parts += [f"Shown in part: {decision.mask}."] if decision.mask else []
    parts += [f"Owed: {', '.join(decision.duties)}."] * bool(decision.duties)
    parts += [f"{miss.rule} failed only on: {', '.join(miss.failed)}." for miss in decision.near_misses]
    parts += [f"Refused because deciding went wrong: {decision.fault}."] if decision.fault else []
    return " ".join(parts)

"""Which step may be taken, by whom: the guard rails of a version's life. Pure; a refusal says what is missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.stages import FROM, TO, Act, Stage
from hub.governance.versions.steps import Step, since_draft, stage_of
from hub.identity.requester import Requester
from policies.vocabulary import Role

HUB = Requester("hub", "The hub itself", "hub", "hub", "hub")
"""Who takes a step that was ordered beforehand: the first version, and one whose moment has come."""

LONGEST_REASON = 1_000

AT_ONCE = timedelta(hours=24)
"""How long after rules came to count one officer may put those before them back, whoever gains by it."""


def check_stage(act: Act, version: str, steps: Sequence[Step]) -> None:
    """Refuse an act that does not follow from where the version stands."""
    stage = stage_of(steps)
    if stage not in FROM[act]:
        stands = f"it is {stage.value.lower().replace('_', ' ')}" if stage else "it is not stored"
        raise VersionRefused(f"version {version} cannot be taken to {TO[act].value.lower()}: {stands}")


def check_officer(by: Requester) -> None:
    """Refuse whoever does not write the rules."""
    if by.role != Role.IG_OFFICER.value:
        raise VersionRefused(f"only an {Role.IG_OFFICER.value} may do this")


def check_reason(reason: str) -> None:
    """Refuse a reason that nobody could read."""
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise VersionRefused(f"a reason is one line of text, {LONGEST_REASON} characters at most")


def check_proposal(version: str, steps: Sequence[Step]) -> None:
    """Refuse to propose what the guard rails stopped."""
    errors = next((s.found.errors for s in reversed(steps) if s.act is Act.LINT), None)
    if errors is None or errors > 0:
        raise VersionRefused(f"version {version} breaks {errors or 'unknown'} guard rails: mend them in a new draft")


def stage_approved(version: str, steps: Sequence[Step], by: Requester, needed: frozenset[str]) -> Stage:
    """Give the stage an approval leads to; refuse one of a person or agency that may not give it.

    Where no connected agency's data is concerned, any other officer may.
    """
    editors = {s.actor for s in steps if s.act in {Act.DRAFT, Act.PROPOSE}}
    if by.subject in editors:
        raise VersionRefused(f"version {version} needs another person: who wrote or proposed it cannot approve it")
    if needed and by.organisation not in needed:
        raise VersionRefused(f"version {version} is not about data of {by.organisation}: {_named(needed)} must approve")
    approvals = [s for s in since_draft(steps) if s.act is Act.APPROVE]
    given = {s.agency for s in approvals}
    if by.subject in {s.actor for s in approvals}:
        raise VersionRefused(f"version {version} needs another person: one approves for one agency")
    if by.organisation in given:
        raise VersionRefused(f"{by.organisation} has approved version {version} already")
    return Stage.APPROVED if needed <= given | {by.organisation} else Stage.PROPOSED


def check_rejection(version: str, by: Requester, needed: frozenset[str]) -> None:
    """Refuse a refusal by whoever could not have approved; where no connected agency is concerned any officer may."""
    if needed and by.organisation not in needed:
        raise VersionRefused(
            f"version {version} is not about data of {by.organisation}: {_named(needed)} may reject it"
        )


def check_withdrawal(version: str, steps: Sequence[Step], by: Requester) -> None:
    """Refuse to take back what other agencies brought: only one that drafted, proposed or scheduled it may."""
    brought = {s.agency for s in since_draft(steps) if s.act in {Act.DRAFT, Act.PROPOSE, Act.SCHEDULE}}
    if by.organisation not in brought:
        raise VersionRefused(f"version {version} can be withdrawn by {_named(frozenset(brought))} alone")


def check_why(reason: str) -> None:
    """Refuse an act without a reason."""
    if not reason.strip():
        raise VersionRefused("say why: this needs a reason")


def check_undo(version: str, before: str | None, since: datetime | None, now: datetime, gained: int) -> None:
    """Refuse one person's roll-back by which somebody gains, unless it undoes at once what was just done."""
    undone = version == before and since is not None and now - since <= AT_ONCE
    if gained and not undone:
        raise VersionRefused(
            f"by version {version} {gained} rights would be gained: one person alone may put back only the version "
            "before, within a day, or one by which nobody gains. Propose it again"
        )


def check_moment(at: datetime, now: datetime) -> None:
    """Refuse a moment that has passed."""
    if at <= now:
        raise VersionRefused("a version can be scheduled only for a moment to come")


def check_due(version: str, steps: Sequence[Step], by: Requester, now: datetime) -> None:
    """Refuse to let the hub itself bring forward what somebody scheduled."""
    if by is HUB and (steps[-1].effective_at is None or steps[-1].effective_at > now):
        raise VersionRefused(f"version {version} is not due")


def check_parent(version: str, parent: str | None, active: str | None) -> None:
    """Refuse a version made from another than the one that counts: what changed since would be lost."""
    if parent != active:
        raise VersionRefused(
            f"version {version} was made from {parent or 'nothing'}, and {active or 'none'} counts now: draft it again"
        )


def _named(agencies: frozenset[str]) -> str:
    return ", ".join(sorted(agencies)) or "nobody"


def check_still_due(version: str, steps: Sequence[Step], now: datetime) -> None:
    """Refuse to let go of a version that waits no longer, or whose moment has not come."""
    if stage_of(steps) is not Stage.SCHEDULED:
        raise VersionRefused(f"version {version} waits no longer")
    check_due(version, steps, HUB, now)

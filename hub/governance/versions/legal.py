"""Which step may be taken, by whom: the guard rails of a version's life. Pure; a refusal says what is missing."""

from collections.abc import Sequence
from datetime import datetime

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.stages import FROM, TO, Act, Stage
from hub.governance.versions.steps import Step, stage_of
from hub.identity.requester import Requester
from policies.vocabulary import Role

HUB = Requester("hub", "The hub itself", "hub", "hub", "hub")
"""Who takes a step that was ordered beforehand: the first version, and one whose moment has come."""

LONGEST_REASON = 1_000


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
    given = {s.agency for s in steps if s.act is Act.APPROVE}
    if by.organisation in given:
        raise VersionRefused(f"{by.organisation} has approved version {version} already")
    return Stage.APPROVED if needed <= given | {by.organisation} else Stage.PROPOSED


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

"""What an officer may do to a version where it stands, and doing it: each is a step that the ledger has first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.versions.editing import proposed
from hub.governance.versions.stages import Stage
from hub.web.pages.rendering import LONDON
from hub.web.pages.visit import Visit


class Act(StrEnum):
    """Something that may be done."""

    PROPOSE = "propose"
    APPROVE = "approve"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ROLL_BACK = "roll-back"
    RESTORE = "restore"


SAYS: Final[Mapping[Act, str]] = {
    Act.PROPOSE: "Propose it",
    Act.APPROVE: "Approve it for my agency",
    Act.PUBLISH: "Let it count now",
    Act.SCHEDULE: "Let it count from then",
    Act.REJECT: "Reject it",
    Act.WITHDRAW: "Take it back",
    Act.ROLL_BACK: "Put the version before back",
    Act.RESTORE: "Put this version back",
}

_BEFORE: Final = (Act.PROPOSE, Act.WITHDRAW)
_AGREED: Final = (Act.PUBLISH, Act.SCHEDULE, Act.REJECT, Act.WITHDRAW)
OFFERED: Final[Mapping[Stage, tuple[Act, ...]]] = {
    Stage.DRAFT: _BEFORE,
    Stage.LINTED: _BEFORE,
    Stage.SIMULATED: _BEFORE,
    Stage.PROPOSED: (Act.APPROVE, Act.REJECT, Act.WITHDRAW),
    Stage.APPROVED: _AGREED,
    Stage.SCHEDULED: _AGREED,
    Stage.ACTIVE: (Act.ROLL_BACK,),
    Stage.SUPERSEDED: (Act.RESTORE,),
    Stage.ROLLED_BACK: (Act.RESTORE,),
}
"""What is offered where a version stands; whether this officer may do it, its life says when they try."""


@dataclass(slots=True)
class Told:
    """What was found on the way to a proposal."""

    findings: list[str] = field(default_factory=list)
    must_approve: list[str] = field(default_factory=list)


async def take(visit: Visit, version: str, act: Act, form: Mapping[str, str]) -> str:
    """Do it, and give the version to show then; one of REFUSALS says why it was not done."""
    room, by, reason = visit.governing.policies, visit.who, form.get("reason", "").strip()
    match act:
        case Act.PROPOSE:
            await proposed(room, version, by, reason, Told())
        case Act.APPROVE:
            await room.lives.approve(version, by, reason)
        case Act.PUBLISH:
            await room.lives.activate(version, by, reason)
        case Act.SCHEDULE:
            await room.lives.schedule(version, by, _moment(form))
        case Act.REJECT:
            await room.lives.reject(version, by, reason)
        case Act.WITHDRAW:
            await room.lives.withdraw(version, by, reason)
        case Act.ROLL_BACK:
            return await room.lives.roll_back(by, reason)
        case Act.RESTORE:
            return await room.lives.roll_back(by, reason, version)
    return version


def _moment(form: Mapping[str, str]) -> datetime:
    """Read a moment as clocks in England have it."""
    try:
        return datetime.fromisoformat(form.get("at", "")).replace(tzinfo=LONDON)
    except ValueError:
        raise CannotBeDone("no-moment", "Say from when it counts, as a day and a time") from None

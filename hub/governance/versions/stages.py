"""The life of a version: its stages, the acts that lead from one to the next, and which act is allowed where. Pure."""

from enum import StrEnum
from typing import Final

from schema.described import Described


class Stage(Described):
    """Where a version stands in its life."""

    DRAFT = "DRAFT", "Written down; nobody has looked at it."
    LINTED = "LINTED", "Looked at by machine for rules that are dead, shadowed or against the guard rails."
    SIMULATED = "SIMULATED", "Compared with the version it was made from: who gains and who loses."
    PROPOSED = "PROPOSED", "Put to the agencies whose data it is about."
    APPROVED = "APPROVED", "Agreed by another person of each agency whose data it is about."
    SCHEDULED = "SCHEDULED", "Agreed, and to count from a moment that was set."
    REJECTED = "REJECTED", "Refused by an agency whose data it is about; it cannot count unless it is drafted again."
    WITHDRAWN = "WITHDRAWN", "Taken back before it counted; it cannot count unless it is drafted again."
    ACTIVE = "ACTIVE", "The version that counts."
    SUPERSEDED = "SUPERSEDED", "Counted until another took its place."
    ROLLED_BACK = "ROLLED_BACK", "Counted until it was taken back for an earlier one."


class Act(StrEnum):
    """What is done to a version; each is one audited step."""

    SHIP = "ship"
    DRAFT = "draft"
    LINT = "lint"
    SIMULATE = "simulate"
    PROPOSE = "propose"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ACTIVATE = "activate"
    SUPERSEDE = "supersede"
    ROLL_BACK = "roll-back"
    RESTORE = "restore"


_WAITING: Final = frozenset({Stage.PROPOSED, Stage.APPROVED, Stage.SCHEDULED})
_COUNTED: Final = frozenset({Stage.SUPERSEDED, Stage.ROLLED_BACK})
_ENDED: Final = frozenset({Stage.REJECTED, Stage.WITHDRAWN})

FROM: Final[dict[Act, frozenset[Stage | None]]] = {
    Act.SHIP: frozenset({None}),
    Act.DRAFT: frozenset({None}) | _ENDED | _COUNTED,
    Act.LINT: frozenset({Stage.DRAFT}),
    Act.SIMULATE: frozenset({Stage.LINTED}),
    Act.PROPOSE: frozenset({Stage.SIMULATED}),
    Act.APPROVE: frozenset({Stage.PROPOSED}),
    Act.SCHEDULE: frozenset({Stage.APPROVED, Stage.SCHEDULED}),
    Act.REJECT: _WAITING,
    Act.WITHDRAW: _WAITING | {Stage.DRAFT, Stage.LINTED, Stage.SIMULATED},
    Act.ACTIVATE: frozenset({Stage.APPROVED, Stage.SCHEDULED}),
    Act.SUPERSEDE: frozenset({Stage.ACTIVE}),
    Act.ROLL_BACK: frozenset({Stage.ACTIVE}),
    Act.RESTORE: frozenset({Stage.SUPERSEDED, Stage.ROLLED_BACK, Stage.ACTIVE}),
}
"""The stages in which each act is allowed; none is a version that is not there yet. Every other act is refused."""

TO: Final[dict[Act, Stage]] = {
    Act.SHIP: Stage.ACTIVE,
    Act.DRAFT: Stage.DRAFT,
    Act.LINT: Stage.LINTED,
    Act.SIMULATE: Stage.SIMULATED,
    Act.PROPOSE: Stage.PROPOSED,
    Act.APPROVE: Stage.APPROVED,
    Act.SCHEDULE: Stage.SCHEDULED,
    Act.REJECT: Stage.REJECTED,
    Act.WITHDRAW: Stage.WITHDRAWN,
    Act.ACTIVATE: Stage.ACTIVE,
    Act.SUPERSEDE: Stage.SUPERSEDED,
    Act.ROLL_BACK: Stage.ROLLED_BACK,
    Act.RESTORE: Stage.ACTIVE,
}
"""The stage each act leads to; an approval leads there once the last agency has given its own."""

COMING_AND_GOING: Final = (Act.ACTIVATE.value, Act.SUPERSEDE.value, Act.ROLL_BACK.value, Act.RESTORE.value)
"""The acts that a version may go through any number of times."""

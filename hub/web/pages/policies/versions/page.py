"""Every version, newest first: where it stands, who wrote it and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.governance.versions.stages import Stage
from hub.graphql.governing.versions import lives
from hub.web.pages.visit import Shown, Visit

MOST: Final = 100
"""Versions that are listed."""

_WAITING: Final = frozenset({Stage.PROPOSED, Stage.APPROVED, Stage.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Listed:
    """One version in the list."""

    id: str
    stage: Stage
    reason: str
    actor: str
    agency: str
    at: datetime

    @property
    def tone(self) -> str:
        """Say how it is marked."""
        return "now" if self.stage is Stage.ACTIVE else "silent" if self.stage in _WAITING else "none"


async def versions(visit: Visit) -> Shown:
    """List versions."""
    found = await lives(visit.governing)
    listed = []
    for one in found[:MOST]:
        first, last = one.history[0], one.history[-1]
        reason = next((step.reason for step in reversed(one.history) if step.act in {"draft", "ship"}), "")
        listed.append(Listed(str(one.id), Stage[one.stage], reason, first.actor, first.agency, last.at))
    values = {
        "tab": "versions",
        "waiting": [one for one in listed if one.stage in _WAITING],
        "versions": listed,
        "left": len(found) - len(listed),
    }
    return Shown("policies/versions/page.html", "Versions of the rules", values)

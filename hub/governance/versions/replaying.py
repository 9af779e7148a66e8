"""Replaying: recorded decisions made again by two versions; who gains and who loses, in counts. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.governance.versions.recorded import Recorded
from policies.decide import decide
from policies.rulebook import Rulebook
from schema.fields import FieldId
from schema.services import Service

Cell = tuple[str, Service, FieldId]
"""A role, a service and a field: as near as a replay comes to naming anybody."""


@dataclass(slots=True)
class Replayed:
    """What two versions say of the same recorded decisions.

    ``astray`` counts decisions made by the first version that it now decides otherwise than was written down: none,
    or the ledger and the rules do not belong together.
    """

    decisions: int = 0
    not_replayable: int = 0
    changed: int = 0
    astray: int = 0
    gained: Counter[Cell] = field(default_factory=Counter)
    lost: Counter[Cell] = field(default_factory=Counter)


def replay(decisions: Iterable[Recorded | None], before: Rulebook, after: Rulebook) -> Replayed:
    """Decide each recorded question again by both versions."""
    found = Replayed()
    for one in decisions:
        if one is None:
            found.not_replayable += 1
            continue
        found.decisions += 1
        old, new = _permitted(one, before), _permitted(one, after)
        found.astray += one.version == before.version and old != one.permitted
        if old != new:
            found.changed += 1
            found.gained.update((one.asker.role, one.service, f) for f in new - old)
            found.lost.update((one.asker.role, one.service, f) for f in old - new)
    return found


def _permitted(one: Recorded, rulebook: Rulebook) -> frozenset[FieldId]:
    return decide(one.asker, {"": (one.service, one.facts)}, one.asked, rulebook)[""].permitted

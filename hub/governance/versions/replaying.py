"""Replaying: recorded decisions made again by two versions; who gains and who loses, in counts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.governance.versions.recorded import Recorded
from policies.decide import decide
from policies.rulebook import Rulebook
from policies.simulate.replay import RecordedDecision, Replay, replay
from schema.fields import FieldId


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two versions, in recorded decisions.

    ``not_replayable`` counts those that cannot be made again. ``astray`` counts decisions made by the first version
    that it now makes otherwise than was written down: none, or the ledger and the rules do not belong together.
    """

    found: Replay
    not_replayable: int
    astray: int


def between(recorded: Iterable[Recorded | None], before: Rulebook, after: Rulebook) -> Between:
    """Decide each recorded question again by both versions."""
    old: list[RecordedDecision] = []
    not_replayable = astray = 0
    for one in recorded:
        if one is None:
            not_replayable += 1
            continue
        permitted = _permitted(one.decision, before)
        astray += one.version == before.version and permitted != one.decision.permitted
        old.append(replace(one.decision, permitted=permitted))
    return Between(replay(old, after), not_replayable, astray)


def _permitted(one: RecordedDecision, rulebook: Rulebook) -> frozenset[FieldId]:
    return decide(one.asker, {"": (one.service, one.facts)}, one.asked, rulebook)[""].permitted

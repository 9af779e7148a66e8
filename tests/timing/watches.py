"""Watches whose events and signs of life must come alike: of nobody, and of whom nobody may know while they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.timing.questions import STEP

WATCH = """subscription ($id: ID!, $context: RequestContext!) { involvementChanged(id: $id, context: $context) {
  seenAt changes { source service change }
  person { id involvements { service status } sources { source outcome } withheld { path code } } } }"""

EVERY = 0.040
BEAT = 0.022
"""Seconds between two looks, and two signs of life. One comes a beat after a look, and one when the next is due.

So from sign to sign it takes a beat and the look, and then what is left, which is less than a beat.
"""

ELSEWHERE = "maya"
"""Who changes while somebody is watched who does not: so much is always written, whoever it is about."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One kind of watch, by a worker of early help. ``child`` is a key of the cast; none an id the hub never gave.

    ``changes`` says that consent to what the police show of this child changes between looks, and what they hold;
    ``inside`` are seconds by which each look takes longer.
    """

    child: str | None
    changes: bool = False
    inside: float = 0.0


WATCHES: Mapping[str, Watched] = {
    "nobody": Watched(None),
    "nobody again": Watched(None),
    "nobody, 0.1 ms more work": Watched(None, inside=0.000_1),
    "nobody, a step later": Watched(None, inside=STEP),
    "sealed, changing": Watched("sealed", changes=True),
    "known where the asker may not look, changing": Watched("police-only", changes=True),
    "police hold none": Watched("without"),
    "police omitted, changing": Watched("with-it", changes=True),
}

PAIRS = (
    ("nobody", "nobody again", "null control"),
    ("nobody", "nobody, 0.1 ms more work", "0.1 ms control"),
    ("nobody", "nobody, a step later", "step control"),
    ("nobody", "sealed, changing", "must be alike"),
    ("nobody", "known where the asker may not look, changing", "must be alike"),
    ("police hold none", "police omitted, changing", "must be alike"),
)


def looks(beats: Sequence[float]) -> list[float]:
    """Give what can be seen of how long each look took, of the moments at which signs of life came."""
    return [gap - BEAT for gap in (after - before for before, after in pairwise(beats)) if gap >= BEAT]

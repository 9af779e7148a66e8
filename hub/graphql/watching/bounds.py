"""Bounds of watching: how often it asks, how long it stands, and how many there may be."""

from dataclasses import dataclass
from typing import Final

JITTER: Final = 0.1
"""By what part the time to the next question varies, so that watches begun together part."""

BEAT: Final = 12.0
"""Seconds between two signs of life, at each of which the credential is looked at again."""

SLOW: Final = 15.0
"""Seconds a client may take to read what it was sent."""

LONGEST: Final = 8 * 60 * 60
"""Seconds a watch stands at most: a working day. Whoever still wants it asks again."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How watching is bound in one replica; ``every`` is in seconds.

    ``each`` and ``begun``, which is of a minute, are of one person or system alone.
    """

    every: float = 300.0
    most: int = 100
    each: int = 10
    begun: int = 30
    beat: float = BEAT
    slow: float = SLOW
    longest: float = LONGEST

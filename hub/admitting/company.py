"""Company: whether anybody else asked lately. Whoever is alone may have every place there is."""

from collections.abc import Callable
from typing import Final

from hub.admitting.askers import Asker

LATELY: Final = 10.0
"""Seconds for which places are kept free for others after one of them asked."""


class Company:
    """Remembers the latest asker, and the latest who was another."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with nobody."""
        self._clock = clock
        self._latest: Asker | None = None
        self._at = self._other_at = -LATELY

    def heard_of(self, asker: Asker) -> None:
        """Note that somebody asks now."""
        if self._latest not in {None, asker}:
            self._other_at = self._at
        self._latest, self._at = asker, self._clock()

    def has(self, asker: Asker) -> bool:
        """Say whether anybody else than this one asked lately."""
        heard = self._other_at if self._latest == asker else self._at
        return self._clock() - heard < LATELY

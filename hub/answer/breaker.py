"""The circuit breaker: a source that keeps failing is left alone for a while, then tried with one question.

Opens after FAILURES failures in a row, or when half of the last WINDOW calls failed. It stays open PAUSE seconds,
longer each time it fails again, up to LONGEST, with jitter so that replicas do not return together. Then one probe:
answered, it closes; failed, it opens again. Time and chance are arguments.
"""

from collections import deque
from collections.abc import Callable
from enum import StrEnum

FAILURES = 5
WINDOW = 20
FEWEST = 10
"""Calls to have seen before a share of failures says anything."""
PAUSE = 30.0
LONGEST = 300.0
JITTER = 0.1


class Circuit(StrEnum):
    """Whether a source is asked."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Breaker:
    """One source's circuit. ``monotonic`` gives seconds, ``chance`` a number from nought to one."""

    def __init__(self, monotonic: Callable[[], float], chance: Callable[[], float]) -> None:
        """Begin closed."""
        self._monotonic = monotonic
        self._chance = chance
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._in_a_row = 0
        self._opened = 0
        self._until: float | None = None
        self._probing = False

    @property
    def circuit(self) -> Circuit:
        """Say whether the source is asked now."""
        if self._until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self._monotonic() < self._until else Circuit.HALF_OPEN

    def admits(self) -> bool:
        """Say whether to ask; once a pause is over, only the first to come is let through, as the probe."""
        match self.circuit:
            case Circuit.CLOSED:
                return True
            case Circuit.HALF_OPEN if not self._probing:
                self._probing = True
                return True
            case _:
                return False

    def succeeded(self) -> None:
        """Note an answer: a probe's closes the circuit."""
        if self._until is not None:
            self._recent.clear()
        self._until, self._probing, self._opened, self._in_a_row = None, False, 0, 0
        self._recent.append(True)

    def failed(self) -> None:
        """Note a failure: it may open the circuit, and a probe's opens it again for longer."""
        self._in_a_row += 1
        self._recent.append(False)
        often = len(self._recent) >= FEWEST and self._recent.count(False) * 2 >= len(self._recent)
        if self._probing or (self._until is None and (self._in_a_row >= FAILURES or often)):
            self._open()

    def abandoned(self) -> None:
        """Note a call that says nothing of the source, such as one whose asker went away: the next may probe."""
        self._probing = False

    def _open(self) -> None:
        self._opened += 1
        pause = min(PAUSE * self._opened, LONGEST)
        self._until = self._monotonic() + pause * (1 + JITTER * self._chance())
        self._probing = False

"""Retries: at most one for each read, and few enough altogether that a source on its knees is not kicked."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class RetryBudget:
    """Earns a tenth of a retry with each read and saves up at most ten."""

    _EARNED = 0.1
    _MOST = 10.0

    def __init__(self) -> None:
        """Begin with one retry in hand."""
        self._saved = 1.0

    def earn(self) -> None:
        """Count a read."""
        self._saved = min(self._saved + self._EARNED, self._MOST)

    def take(self) -> bool:
        """Spend a retry; false where none is left."""
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True


class Pause:
    """How long a source asked to be left alone (RFC 9110 section 10.2.3, Retry-After)."""

    _LONGEST = 3600.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without one."""
        self._clock = clock
        self._until = 0.0

    def note(self, asked: str | None) -> None:
        """Keep what a busy answer asked for, up to an hour; what is neither seconds nor a date asks for nothing."""
        seconds = _seconds(asked) if asked else 0.0
        self._until = max(self._until, self._clock() + min(seconds, self._LONGEST))

    def left(self) -> float:
        """Give the seconds still to leave it alone."""
        return max(0.0, self._until - self._clock()) if self._until else 0.0


def _seconds(asked: str) -> float:
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        when = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())

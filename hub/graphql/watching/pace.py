"""Pace: how often one asker may begin a watch. Begun and ended again and again, one asks as often as it likes."""

import time
from collections.abc import Callable
from typing import Final

from hub.errors import Code, HubError

MINUTE: Final = 60.0
TOO_OFTEN: Final = "You began as many watches in a minute as one may. Leave those open that you have, or wait a minute."


class Pace:
    """Counts beginnings of the last minute. One for the whole application."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Let so many be begun in a minute by one asker."""
        self._most = most
        self._clock = clock
        self._begun: dict[str, list[float]] = {}

    def begin(self, subject: str) -> None:
        """Count a beginning; LIMIT where there were too many in the last minute."""
        now = self._clock()
        recent = {who: [at for at in times if now - at < MINUTE] for who, times in self._begun.items()}
        self._begun = {who: times for who, times in recent.items() if times}
        mine = self._begun.setdefault(subject, [])
        if len(mine) >= self._most:
            raise HubError(Code.LIMIT, TOO_OFTEN)
        mine.append(now)

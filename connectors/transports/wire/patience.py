"""How long answers are waited for: one timer for all calls to a source, for one each costs as much as a parser."""

import asyncio
import time

from connectors.errors import SourceUnavailable

Waiter = asyncio.Future[None]


class Patience:
    """Whoever waits, and until when by the monotonic clock."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._until: dict[Waiter, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rings = 0.0

    def begin(self, waiter: Waiter, until: float) -> None:
        """Let somebody wait so long and no longer: then they are told ``timed-out``."""
        self._until[waiter] = until
        if self._timer is None or until < self._rings or self._loop is not waiter.get_loop():
            self._set(until)

    def end(self, waiter: Waiter) -> None:
        """Know that somebody waits no more. The timer may ring for nobody; then it is set for whoever is next."""
        self._until.pop(waiter, None)

    def close(self) -> None:
        """Tell everybody that nothing will come."""
        self._tell(list(self._until), "closed")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop, self._rings = asyncio.get_running_loop(), until
        self._timer = self._loop.call_later(max(0.0, until - time.monotonic()), self._ring)

    def _ring(self) -> None:
        self._timer, now = None, time.monotonic()
        self._tell([waiter for waiter, until in self._until.items() if until <= now], "timed-out")
        if self._until:
            self._set(min(self._until.values()))

    def _tell(self, waiters: list[Waiter], code: str) -> None:
        for waiter in waiters:
            del self._until[waiter]
            if not waiter.done():
                waiter.set_exception(SourceUnavailable(code))

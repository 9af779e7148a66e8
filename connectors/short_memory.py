"""A short memory for what is nobody's record: names of teams, duty desks, when data were loaded. In memory only."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")

_MOST = 10_000


class ShortMemory(Generic[V]):
    """Remembers what was looked up, and that it was not found, for some seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin empty."""
        self._seconds = seconds
        self._clock = clock
        self._known: dict[str, tuple[float, V | None]] = {}

    async def look_up(
        self, keys: Iterable[str], ask: Callable[[tuple[str, ...]], Awaitable[Mapping[str, V]]]
    ) -> dict[str, V]:
        """Give what is known of these keys, asking only for those not remembered; a failure is not remembered."""
        wanted = set(keys)
        now = self._clock()
        missing = tuple(sorted(k for k in wanted if k not in self._known or self._known[k][0] <= now))
        if missing:
            found = await ask(missing)
            if len(self._known) > _MOST:
                self._known.clear()
            self._known |= {k: (now + self._seconds, found.get(k)) for k in missing}
        known = ((k, self._known[k][1]) for k in wanted if k in self._known)
        return {k: v for k, v in known if v is not None}

"""Places: how many watches there are in this replica, of one asker and in all, and the word that the hub stops."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

from hub.errors import Code, HubError
from hub.graphql.watching.bounds import Bounds

FULL = "As many watches stand as this hub keeps at once. Ask again later, or ask the question itself."
TOO_MANY = "You keep as many watches as one may: end one first."

PATIENCE = 5.0
"""Seconds in which watches that are told to end have ended."""


class Places:
    """Counts watches. One for the whole application."""

    def __init__(self, bounds: Bounds, told: Callable[[int], None]) -> None:
        """Take the bounds; ``told`` hears how many there are whenever that changes."""
        self._bounds = bounds
        self._told = told
        self._of: Counter[str] = Counter()
        self._stopping = asyncio.get_running_loop().create_future()
        self._empty = asyncio.Event()
        self._empty.set()

    def insist(self, subject: str) -> None:
        """Refuse where there is no place: LIMIT."""
        if self._of.total() >= self._bounds.most:
            raise HubError(Code.LIMIT, FULL)
        if self._of[subject] >= self._bounds.each:
            raise HubError(Code.LIMIT, TOO_MANY)

    @contextlib.contextmanager
    def taken(self, subject: str) -> Iterator[None]:
        """Take a place for as long as the block runs; LIMIT where there is none."""
        self.insist(subject)
        self._count(subject, 1)
        try:
            yield
        finally:
            self._count(subject, -1)

    def _count(self, subject: str, more: int) -> None:
        self._of[subject] += more
        self._of += Counter()  # forget whoever keeps none
        self._told(self._of.total())
        self._empty.clear() if self._of else self._empty.set()

    @property
    def stopping(self) -> bool:
        """Say whether the hub is being stopped."""
        return self._stopping.done()

    async def stopped_within(self, seconds: float) -> bool:
        """Wait so long, and say whether the hub is being stopped."""
        if seconds > 0:
            await asyncio.wait((self._stopping,), timeout=seconds)
        return self._stopping.done()

    async def stop(self) -> None:
        """Tell every watch to end, and wait until they have."""
        if not self._stopping.done():
            self._stopping.set_result(None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._empty.wait()

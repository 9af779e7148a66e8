"""The bulkhead: a source has so many calls at once; others wait briefly for a place. One that hangs fills its own.

Many may wait, because patience is short.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAITING = 512
"""So many calls may wait at one source. It bounds memory, some kilobytes a call; what bounds the wait is patience."""
PATIENCE = 0.25
"""Seconds a call waits for a place."""


class Busy(Exception):
    """Every place at the source is taken."""


class Bulkhead:
    """The places at one source."""

    def __init__(self, places: int) -> None:
        """Give a source so many places."""
        self._places = asyncio.Semaphore(places)
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place for the length of a call; Busy when none comes free in time."""
        await self._take()
        try:
            yield
        finally:
            self._places.release()

    async def _take(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

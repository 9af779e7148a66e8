"""The bulkhead: a source has so many calls at once; others wait briefly for a place. One that hangs fills its own.

Many may wait, because patience is short.
"""

import asyncio

WAITING = 512
"""So many calls may wait at one source. It bounds memory, some kilobytes a call; what bounds the wait is patience."""
PATIENCE = 0.25
"""Seconds a call waits for a place."""


class Busy(Exception):
    """Every place at the source is taken."""


class Bulkhead:
    """The places at one source: ``async with`` holds one for the length of a call."""

    def __init__(self, places: int) -> None:
        """Give a source so many places."""
        self._places = asyncio.Semaphore(places)
        self._waiting = 0

    async def __aenter__(self) -> None:
        """Take a place; Busy when none comes free in time."""
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

    async def __aexit__(self, *_: object) -> None:
        """Give the place back."""
        self._places.release()

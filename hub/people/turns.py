"""Turns: a feed is a great deal of work for a loop that also answers questions, so it is done a little at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar

TURN = 0.001
"""Seconds after which everybody else has a turn."""

GRACE = 2.0
"""Seconds that what goes on has to come to its end when whoever began it is cancelled."""

V = TypeVar("V")


class Turns:
    """Gives everybody else of the loop a turn every few milliseconds of somebody's work."""

    def __init__(self) -> None:
        """Begin a turn of one's own."""
        self._began = perf_counter()

    async def give(self) -> None:
        """Let the others go on, if one's own turn is over; to be called after each small piece of work."""
        if perf_counter() - self._began > TURN:
            await asyncio.sleep(0)
            self._began = perf_counter()


Work = Callable[[V, Callable[[], None]], Coroutine[Any, Any, None]]
"""Something to do with a value, that calls what it is given when whoever began it may go on beside it."""


class Beside:
    """Lets one thing go on beside whoever began it: the next waits for it, and none is left when this is left.

    Left by a failure, what goes on is still brought to its end; left by being cancelled, it has GRACE to come to one.
    """

    def __init__(self) -> None:
        """Begin with nothing going on."""
        self._going: asyncio.Task[None] | None = None

    async def begin(self, work: Work[V], value: V) -> None:
        """Wait for what goes on, whose failure is the caller's; begin something, and wait until it may go on alone."""
        await self._ended()
        alone = asyncio.Event()
        self._going = asyncio.create_task(work(value, alone.set))
        self._going.add_done_callback(lambda _: alone.set())
        await alone.wait()

    async def __aenter__(self) -> Self:
        """Let things go on until this is left."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Leave nothing going on."""
        if kind and not issubclass(kind, Exception):
            await self._stopped()
            return
        try:
            await self._ended()
        except asyncio.CancelledError:  # here too whoever is cancelled leaves nothing going on
            await self._stopped()
            raise

    async def _stopped(self) -> None:
        if self._going:
            await asyncio.wait({self._going}, timeout=GRACE)
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)

    async def _ended(self) -> None:
        if self._going:
            await asyncio.shield(self._going)  # a reader that is cancelled here waits for it when it leaves
            self._going = None

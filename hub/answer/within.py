"""Waiting so long and not a moment longer, even for what will not be cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_LEFT: set[asyncio.Task[Any]] = set()
"""Calls that were cancelled and have not ended yet: kept, so that they may clean up."""


async def within(seconds: float, call: Coroutine[Any, Any, T]) -> T:
    """Await a call, or raise TimeoutError when its time is up.

    ``asyncio.timeout`` waits for a cancelled call to end, and some drivers take seconds over it (a database that
    hangs is sent a cancellation first). Here such a call is left to end by itself.
    """
    task = asyncio.ensure_future(call)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if not done:
        _leave(task)
        raise TimeoutError
    return task.result()


def _leave(task: asyncio.Task[Any]) -> None:
    _LEFT.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _LEFT.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nothing is logged of it

"""Waiting so long and not a moment longer, even for what will not be cancelled."""

import asyncio
from collections.abc import Coroutine, Hashable, Iterable, Mapping
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_LEFT: set[asyncio.Task[Any]] = set()
"""Calls that were cancelled and have not ended yet: kept, so that they may clean up."""


async def within(calls: Mapping[K, tuple[float, Coroutine[Any, Any, T]]]) -> dict[K, T | Exception]:
    """Run calls at once, each for so many seconds; give what each returned or raised, TimeoutError where it was late.

    ``asyncio.timeout`` waits for a cancelled call to end, and some drivers take seconds over it (a database that
    hangs is sent a cancellation first). Here such a call is left to end by itself.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    tasks = {key: loop.create_task(call) for key, (_, call) in calls.items()}
    late: set[asyncio.Task[T]] = set()
    try:
        for seconds in sorted({seconds for seconds, _ in calls.values()}):
            mine = [task for key, task in tasks.items() if calls[key][0] == seconds]
            left = max(0.0, started + seconds - loop.time())
            late |= (await asyncio.wait(mine, timeout=left))[1]
            _leave(late)
    except asyncio.CancelledError:
        _leave(tasks.values())
        raise
    return {key: TimeoutError() if task in late else _end(task) for key, task in tasks.items()}


def left_behind() -> bool:
    """Say whether the call that asks was given up: nobody waits for what it finds."""
    return asyncio.current_task() in _LEFT


def _end(task: asyncio.Task[T]) -> T | Exception:
    try:
        return task.result()
    except asyncio.CancelledError:
        return RuntimeError("the call cancelled itself")
    except Exception as error:  # noqa: BLE001 -- given back, for the caller to say what it means
        return error


def _leave(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        if not task.done() and task not in _LEFT:
            _LEFT.add(task)
            task.add_done_callback(_forget)
            task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _LEFT.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nothing is logged of it

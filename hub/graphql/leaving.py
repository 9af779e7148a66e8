"""Clients that leave: whoever hangs up is no longer worked for, and work that will not stop is not waited for long."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

GRACE = 1.0
"""Seconds that cancelled work has to write into the ledger that the question was abandoned."""

LeftBehind = Callable[[asyncio.Task[Any]], None]


async def while_there(
    request: Request, answering: Coroutine[Any, Any, Response], left_behind: LeftBehind
) -> Response | None:
    """Answer as long as the client stays; one who leaves cancels the work, and nobody is answered.

    Work that has not stopped after GRACE is given to ``left_behind``, and what it gives is shown to nobody.
    """
    work, left = asyncio.create_task(answering), asyncio.create_task(until_left(request))
    first = asyncio.get_running_loop().create_future()

    def ended(_: asyncio.Task[Any]) -> None:
        if not first.done():
            first.set_result(None)

    work.add_done_callback(ended)
    left.add_done_callback(ended)
    try:
        await first
    finally:
        left.cancel()
        if not work.done():
            work.cancel()
            _, stuck = await asyncio.wait((work, left), timeout=GRACE)
            for still_going in stuck:
                left_behind(still_going)
    return work.result() if work.done() and not work.cancelled() else None


async def told_while_there(
    telling: Coroutine[Any, Any, None], request: Request, left_behind: LeftBehind, grace: float = GRACE
) -> None:
    """Tell a client part after part as long as it stays; what has not stopped after ``grace`` is left behind."""
    tasks = asyncio.create_task(telling), asyncio.create_task(until_left(request))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        _, stuck = await asyncio.wait(tasks, timeout=grace)
        for still_going in stuck:
            left_behind(still_going)


async def until_left(request: Request) -> None:
    """Wait until the client has left; the body was read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


class Behind:
    """Holds on to work that would not stop until it does, so that it is neither lost nor heard of again."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def hold(self, task: asyncio.Task[Any]) -> None:
        """Hold a task until it ends; how it ends interests nobody."""
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that the loop does not print it

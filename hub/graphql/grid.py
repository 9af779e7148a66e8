"""The grid: an answer leaves a whole number of steps after its request came, so that its time tells steps alone.

What an answer about nobody and one about somebody who may not be told of do is alike but for microseconds. Within a
step nobody outside can see them. A loop's timers wake to a millisecond and later or earlier by what is left of it, and
the kernel's somewhat late, which would tell of just what is hidden: so the last of the wait is spent asking the clock,
between other work.
"""

import asyncio
import math
import time
from typing import Final

from hub.graphql.waking import woken

FINE: Final = 0.0003
"""Seconds before the moment at which the kernel's timer is no longer trusted."""
COARSE: Final = 0.0015
"""The same of the loop's."""


async def until_next_step(started: float, step: float) -> None:
    """Wait until a whole number of steps after a moment of ``time.perf_counter``; not at all where a step is nought."""
    if step <= 0:
        return
    until = started + math.ceil((time.perf_counter() - started) / step) * step
    if not await woken(until - time.perf_counter() - FINE) and (left := until - time.perf_counter() - COARSE) > 0:
        await asyncio.sleep(left)
    while time.perf_counter() < until:  # noqa: ASYNC110 -- a moment is no event, and a timer is too coarse
        await asyncio.sleep(0)

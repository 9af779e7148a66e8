"""The grid: an answer leaves a whole number of steps after its request came, so that its time tells steps alone.

What an answer about nobody and one about somebody who may not be told of do is alike but for microseconds. Within a
step nobody outside can see them. Timers wake to a millisecond and later or earlier by what is left of it, which would
tell of just what is hidden: so the last of the wait is spent asking the clock, between other work.
"""

import asyncio
import math
import time
from typing import Final

FINE: Final = 0.0015
"""Seconds before the moment at which the timer is no longer trusted."""


async def until_next_step(started: float, step: float) -> None:
    """Wait until a whole number of steps after a moment of ``time.perf_counter``; not at all where a step is nought."""
    if step <= 0:
        return
    until = started + math.ceil((time.perf_counter() - started) / step) * step
    if (coarse := until - time.perf_counter() - FINE) > 0:
        await asyncio.sleep(coarse)
    while time.perf_counter() < until:  # noqa: ASYNC110 -- a moment is no event, and a timer is too coarse
        await asyncio.sleep(0)

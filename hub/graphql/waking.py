"""Waking at a moment, to some tens of microseconds: by a timer of the kernel's, which tells the loop as a socket would.

A loop's own timers wake to a millisecond. Where there is no such timer (it is Linux's: timerfd_create(2)), or no more
of them, it is said that nobody was woken, and whoever waits does so in another way.
"""

import asyncio
import ctypes
import os
import sys
import time
from typing import Any, Final

_LONG: Final = 8
"""Bytes of a ``long``, in which seconds are told; where it is shorter there is more than one way to tell them."""


class _Until(ctypes.Structure):
    """``struct itimerspec``: how often it rings again, which is never, and in how long it rings."""

    _fields_ = (
        ("again_seconds", ctypes.c_long),
        ("again_nanoseconds", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("nanoseconds", ctypes.c_long),
    )


def _system() -> Any:
    """Give the system's library; none where it has no such timer."""
    fits = sys.platform == "linux" and ctypes.sizeof(ctypes.c_long) == _LONG
    library = ctypes.CDLL(None) if fits else None
    return library if hasattr(library, "timerfd_create") else None


SYSTEM: Final = _system()


async def woken(seconds: float) -> bool:
    """Wait so long; false, at once, where there is no timer that is as fine."""
    timer = _set(seconds) if SYSTEM is not None and seconds > 0 else -1
    if timer < 0:
        return False
    loop = asyncio.get_running_loop()
    rung = asyncio.Event()
    try:
        loop.add_reader(timer, rung.set)
        return await rung.wait()
    finally:
        loop.remove_reader(timer)
        os.close(timer)


def _set(seconds: float) -> int:
    """Give a timer that rings in so many seconds; less than nought where there is none."""
    timer: int = SYSTEM.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
    if timer >= 0:
        nanoseconds = max(1, int(seconds * 1e9))  # nought would never ring
        until = _Until(0, 0, *divmod(nanoseconds, 1_000_000_000))
        SYSTEM.timerfd_settime(timer, 0, ctypes.byref(until), None)
    return timer

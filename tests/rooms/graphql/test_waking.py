"""Waking at a moment, on asyncio's own loop and on the one that serves: never before it, and nothing is left behind."""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import uvloop

from hub.graphql import waking
from hub.graphql.grid import until_next_step
from hub.graphql.waking import woken

Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Give what runs something on one of the two loops."""

    def running(what: Callable[[], Awaitable[None]]) -> None:
        async def main() -> None:
            await what()

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(main())

    return running


def timers() -> int:
    """Count the kernel's timers that this process holds."""
    held = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            held += "timerfd" in os.readlink(one)  # noqa: PTH115 -- it leads to no file
    return held


def test_whoever_waits_is_woken_at_their_moment_and_no_sooner(run: Run) -> None:
    """Several wait at once, each for their own; no timer is left."""
    before = timers()

    async def wait(seconds: float) -> None:
        begun = time.perf_counter()
        assert await woken(seconds)
        assert seconds <= time.perf_counter() - begun < seconds + 1

    async def waiting() -> None:
        await asyncio.gather(*map(wait, (0.03, 0.002, 0.01, 0.002)))
        assert timers() == before

    run(waiting)


def test_whoever_waits_no_more_leaves_no_timer(run: Run) -> None:
    """One who is cancelled meanwhile lets go of theirs at once."""
    before = timers()

    async def leaving() -> None:
        waiting = asyncio.create_task(woken(60))
        await asyncio.sleep(0)
        assert timers() == before + 1
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert timers() == before

    run(leaving)


@pytest.mark.parametrize("why", ["the system has none", "there are no more"])
def test_an_answer_leaves_on_the_grid_without_such_a_timer(run: Run, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits by the loop's own, and leaves no sooner."""
    if why == "the system has none":
        monkeypatch.setattr(waking, "SYSTEM", None)

    async def asking() -> None:
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        if why == "there are no more":
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
        try:
            begun = time.perf_counter()
            assert not await woken(0.02)
            await until_next_step(begun, 0.02)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert time.perf_counter() - begun >= 0.02

    run(asking)


def test_nothing_is_waited_for_that_is_over(run: Run) -> None:
    """A moment that has passed, or is now, needs no timer."""

    async def late() -> None:
        assert not await woken(0)
        assert not await woken(-1)

    run(late)

"""Calls wait for one another no longer than each may take, and what comes late is not believed."""

import asyncio

import pytest

from hub.answer.breaker import Circuit
from hub.answer.within import left_behind, within
from schema.outcomes import Outcome
from tests.cast import MAYA
from tests.rooms.answer.test_gather import connected, errand, run


async def give(value: str, after: asyncio.Event | None = None) -> str:
    if after:
        await after.wait()
    return value


async def cancel_itself() -> str:
    raise asyncio.CancelledError


async def fail() -> str:
    raise ValueError("broken")


# Each call gives what it returned or what went wrong, whatever became of the others.
async def test_each_call_ends_by_itself() -> None:
    never = asyncio.Event()
    calls = {
        "soon": (5.0, give("soon")),
        "late": (0.01, give("late", never)),
        "later": (0.02, give("later", never)),
        "broken": (5.0, fail()),
        "odd": (5.0, cancel_itself()),
    }
    ended = await within(calls)
    assert ended.pop("soon") == "soon"
    assert {key: type(error) for key, error in ended.items()} == {
        "late": TimeoutError,
        "later": TimeoutError,
        "broken": ValueError,
        "odd": RuntimeError,
    }
    assert await within({}) == {}


# What a call finds after its time is not taken, even where another is still waited for.
async def test_what_comes_late_is_not_believed() -> None:
    known: list[bool] = []

    async def stubborn() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            known.append(left_behind())
        return "too late"

    ended = await within({"stubborn": (0.01, stubborn()), "slow": (0.1, give("", asyncio.Event()))})
    assert all(isinstance(e, TimeoutError) for e in ended.values())
    assert known == [True]


# Whoever is cancelled while waiting cancels every call.
async def test_leaving_ends_every_call() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(within({"one": (5.0, call())}))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(ended.wait(), 5)


# A late call that then fails or succeeds tells the circuit breaker nothing more: its lateness was told already.
@pytest.mark.parametrize("fails", [True, False])
async def test_a_late_call_is_counted_once(fails: bool) -> None:  # noqa: FBT001 -- pytest gives it
    source, connector = connected("housing", deadline=0.02)
    ended = asyncio.Event()

    async def late(_: object) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.set()
            if fails:
                raise ValueError("broken") from None

    connector.misbehave = late
    for _ in range(4):
        ended.clear()
        found = await run(errand(source, child=MAYA))
        assert found["maya", "housing"].outcome is Outcome.TIMED_OUT
        await asyncio.wait_for(ended.wait(), 5)
        await asyncio.sleep(0.01)
    four = source.breaker.circuit  # four failures, each counted once; the fifth opens it
    await run(errand(source, child=MAYA))
    assert (four, source.breaker.circuit) == (Circuit.CLOSED, Circuit.OPEN)

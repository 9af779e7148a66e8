"""The judge can fail: a source that does one thing wrong is found out for it, and for nothing else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.contract import Ask, LocalId, Reply
from connectors.errors import SourceBroken
from hub.answer.sources import ConnectedSource
from schema.outcomes import Outcome
from schema.records import Involvement
from tests.cast import CastConnector, source_config
from tests.faults.judge import DEADLINE, MOST, Expected, Seen, judged, wrong
from tests.faults.kinds import ASKED, OWN, SECRET

Misbehave = Callable[[Ask], Awaitable[Reply] | Reply]
NOTHING = Expected(Outcome.NONE_HELD, complete=True)
HELD: list[bytearray] = []


def empty(**more: Any) -> Reply:
    return Reply({}, **more)


def leaky(_: Ask) -> Reply:
    logging.getLogger("agency").debug("read %s", SECRET)
    return empty()


def greedy(_: Ask) -> Reply:
    HELD.append(bytearray(MOST + 20 * 1024 * 1024))
    return empty()


async def slow(_: Ask) -> Reply:
    await asyncio.sleep(DEADLINE + 0.4)
    return empty()


def ahead(_: Ask) -> Reply:
    return empty(as_of=datetime.now(UTC) + timedelta(days=1))


def talkative(_: Ask) -> Reply:
    raise SourceBroken(OWN.lower().replace(" ", "-"))


LIARS: list[tuple[Misbehave, str]] = [
    (leaky, "leaked into the log"),
    (greedy, "grew by"),
    (slow, "took"),
    (ahead, "as of a moment"),
    (talkative, "expected"),
]


def connected(source: str, misbehave: Misbehave) -> ConnectedSource:
    connector = CastConnector(source, misbehave=misbehave)
    return ConnectedSource.of(source_config(source, deadline=5.0), connector)


def whole(_: Ask) -> Reply:
    return Reply({LocalId(ASKED): (Involvement(team=OWN),)})


async def seen(misbehave: Misbehave) -> Seen:
    return await judged(connected("housing", misbehave), connected("health", whole))


@pytest.mark.parametrize(("liar", "said"), LIARS, ids=lambda v: getattr(v, "__name__", ""))
async def test_each_liar_is_found_out(liar: Misbehave, said: str) -> None:
    """A value in a log, memory held, time taken, a moment to come, another outcome: each is said, and alone."""
    found = wrong(await seen(liar), NOTHING)
    HELD.clear()
    assert len(found) == 1
    assert found[0].startswith(said)


async def test_an_honest_source_is_not() -> None:
    """Nothing is said of a source that does what it ought to."""
    assert wrong(await seen(lambda _: empty()), NOTHING) == []


async def test_a_neighbour_that_fails_is_noticed() -> None:
    """A source that answered before and no longer does beside the faulty one is said."""
    calls = 0

    def once(ask: Ask) -> Reply:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise SourceBroken("gone")
        return whole(ask)

    found = wrong(await judged(connected("housing", lambda _: empty()), connected("health", once)), NOTHING)
    assert found == ["its neighbour did not answer as ever"]

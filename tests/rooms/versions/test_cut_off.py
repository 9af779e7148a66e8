"""A replica cut off from its database refuses in time and answers nothing from memory, wherever it is cut."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import canaries
from tests.house import WHO, House, house
from tests.rooms.store.databases import own_database
from tests.rooms.versions.cutting import Way, way_to

CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
IN_TIME = 2.0 + 1.0
"""Two seconds as promised (PROMISES D5), and one for a machine that is busy."""


@pytest.fixture
async def cuttable(postgresql: str, tmp_path: Path) -> AsyncIterator[tuple[House, Way]]:
    """Open a house whose every connection to PostgreSQL passes a way that can be cut."""
    async with way_to(await own_database(postgresql)) as (way, url), house(tmp_path, url=url) as home:
        yield home, way
        way.mend()


async def refused(home: House) -> float:
    """Insist that a question is refused with nothing of anybody in the refusal; give how long that took."""
    started = time.perf_counter()
    result = await home.ask(WHO, {"id": home.ids["maya"], "context": CONTEXT})
    took = time.perf_counter() - started
    assert result.not_ready
    said = repr(result.body())
    assert not [value for value in canaries() if value in said]
    return took


async def test_a_replica_cut_off_refuses_in_time_and_comes_back(cuttable: tuple[House, Way]) -> None:
    """Cut before the opening read: refused each time, also when asked together; mended, answered without a restart."""
    home, way = cuttable
    assert await home.person()
    way.cut()
    assert await refused(home) < IN_TIME
    assert max(await asyncio.gather(*(refused(home) for _ in range(5)))) < IN_TIME
    assert not any(len(c.asks) > 1 for c in home.connectors.values())
    way.mend()
    assert await home.person()


async def test_a_replica_cut_off_while_sources_answer_releases_nothing(cuttable: tuple[House, Way]) -> None:
    """Cut after the sources were asked: what they gave is held and not shown, since nothing says that it still may."""
    home, way = cuttable
    asked = 0.0

    async def cut(_: object) -> None:
        nonlocal asked
        way.cut()
        asked = time.perf_counter()

    home.connectors["health"].misbehave = cut
    await refused(home)
    assert time.perf_counter() - asked < IN_TIME
    home.connectors["health"].misbehave = None
    way.mend()
    assert await home.person()

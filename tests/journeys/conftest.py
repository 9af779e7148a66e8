"""One town for every journey of a test process: made and started once, put right after each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.demo.faults import OK
from policies.reading import shipped_agreements
from tests.journeys.canaries import canaries, found_in
from tests.journeys.town import SYSTEMS, Town, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Start the town."""
    async with running(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="session")
def town_canaries(running_town: Town) -> frozenset[str]:
    """Give every telling value of the town's records."""
    place = running_town.place
    rules = Path(str(shipped_agreements())).rglob("*.*")  # the rules and their examples are in the hub's database
    published = "".join(p.read_text("utf-8") for p in [*place.sources.glob("*.toml"), *rules])
    return canaries(place.folder / "systems", published, place.truth)


@pytest_asyncio.fixture(loop_scope="session")
async def town(
    running_town: Town, town_canaries: frozenset[str], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Town]:
    """Give the running town; after each test nothing of a record may be in what the hub or a library logged."""
    before = len(running_town.log.getvalue())
    yield running_town
    for system in [s for s in SYSTEMS if running_town.place.fault(s) != OK]:
        await running_town.place.set_fault(system, OK)
    for source in running_town.hub.sources:
        source.breaker.succeeded()  # an agency put right is asked at once, not when its circuit would have closed
    said = running_town.log.getvalue()[before:] + "".join(r.getMessage() for r in caplog.get_records("call"))
    assert not found_in(said, town_canaries)

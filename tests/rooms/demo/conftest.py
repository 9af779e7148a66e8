"""One small demo place for all tests of this room: made and started once."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from hub.demo.place import DemoPlace
from hub.demo.population import Population, populate
from tests.rooms.demo.brookshire import CHILDREN, TODAY, Ask, credential


@pytest.fixture(scope="session")
def population() -> Population:
    """Give a population big enough to count rates in."""
    return populate(1500, 7, TODAY)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoPlace]:
    """Give a running place of forty children."""
    folder: Path = tmp_path_factory.mktemp("place")
    async with DemoPlace(folder, children=CHILDREN, seed=7, today=TODAY) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def ask(place: DemoPlace) -> AsyncIterator[Ask]:
    """Give a client for a system, with its credential."""
    clients: list[httpx2.AsyncClient] = []

    def make(system: str) -> httpx2.AsyncClient:
        url = place.urls[system] + "/"
        clients.append(httpx2.AsyncClient(base_url=url, headers=credential(place, system), timeout=5))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()

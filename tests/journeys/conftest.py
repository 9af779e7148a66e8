"""One town for every journey of a test process: made and started once, put right after each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.journeys.town import Town, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Give the running town."""
    async with running(tmp_path_factory.mktemp("town")) as town:
        yield town

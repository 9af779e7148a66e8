"""Fixtures of the governance room: a fresh database of each kind, and all that acting needs over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.governance.acting import Acting
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.governance.desk import acting_on
from tests.rooms.store.databases import upgraded_database, upgraded_file


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a fresh database of each kind in turn."""
    if request.param == "sqlite":
        return await upgraded_file(tmp_path / "hub.db")
    return await upgraded_database(str(request.getfixturevalue("postgresql")))


@pytest.fixture
async def acting(url: str, tmp_path: Path) -> AsyncIterator[Acting]:
    """Give what acting needs, over each kind of database, with a policy version active."""
    async with acting_on(url, tmp_path / "keys") as opened:
        yield opened


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Acting]:
    """Give the same over SQLite alone, where the database makes no difference."""
    async with acting_on(await upgraded_file(tmp_path / "hub.db"), tmp_path / "keys") as opened:
        yield opened

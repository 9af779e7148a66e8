"""Fixtures of the versions' room: an empty database of each kind, and the room over it with a first version."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.store.databases import own_database
from tests.rooms.versions.stage import FIRST, Room, room


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    return await own_database(str(request.getfixturevalue("postgresql")))


@pytest.fixture
async def here(url: str, tmp_path: Path) -> AsyncIterator[Room]:
    """Open the room with its first version shipped."""
    async with room(url, tmp_path / "keys") as opened:
        assert await opened.lives.ship(FIRST)
        yield opened


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Room]:
    """Open the room on SQLite, for what no database decides."""
    async with room(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path / "keys") as opened:
        assert await opened.lives.ship(FIRST)
        yield opened

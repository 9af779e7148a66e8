"""Fixtures of the store's room: a fresh database of each kind."""

from pathlib import Path

import pytest

from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.store.databases import own_database


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'er' / 'hub.db'}"
    return await own_database(str(request.getfixturevalue("postgresql")))

"""The authority's SSD database for every test here: each runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Connector
from connectors.registry import connect
from connectors.source import SourceConfig
from hub.demo.books.ssd_tables import EARLY_HELP_TABLES, SOCIAL_CARE_TABLES
from tests.systems.ssd.databases import on_postgres, on_sqlite, postgres_server, source


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a real PostgreSQL server; its address."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Any]:
    """Make the database of a part of the standard; its address."""

    async def make(part: str) -> str:
        tables, days = (SOCIAL_CARE_TABLES, "timestamp") if part == "social-care" else (EARLY_HELP_TABLES, "date")
        if request.param == "sqlite":
            return on_sqlite(tmp_path / "ssd.sqlite", tables, days)
        return await on_postgres(request.getfixturevalue("postgres"), part.replace("-", "_"), tables, days)

    return make


@pytest.fixture
async def social_care(database: Callable[[str], Any]) -> AsyncIterator[Connector]:
    """Connect the social care half."""
    connector = connect(source(await database("social-care")))
    yield connector
    await connector.close()


@pytest.fixture
async def early_help(database: Callable[[str], Any]) -> AsyncIterator[Connector]:
    """Connect the early help half."""
    connector = connect(source(await database("early-help"), "early-help"))
    yield connector
    await connector.close()


@pytest.fixture
def configured() -> Callable[..., SourceConfig]:
    """Give the function that configures a source."""
    return source

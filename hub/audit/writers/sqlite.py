"""SQLite: one connection of its own on one thread, so that the event loop never waits for the disk.

The log is held by a lock on a file beside the database: the operating system lets go of it when the process ends,
however it ends. A database file that was replaced is noticed, because SQLite itself would go on writing the old one.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

from sqlalchemy.engine import make_url

from hub.audit.errors import UNKNOWN, LedgerUnavailable
from hub.audit.leaf import Row
from hub.audit.writers.contract import OWED, OWED_ELSEWHERE, PATIENCE, TABLE
from hub.store.database import Database

T = TypeVar("T")
Job: TypeAlias = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], Any]]

BUSY_MS = 1_000
INSERT = f"INSERT INTO {TABLE} ({','.join(Row._fields)}) VALUES ({','.join('?' * len(Row._fields))})"  # noqa: S608 -- names are constants of ours
TAIL = f"SELECT {','.join(Row._fields)} FROM {TABLE} WHERE log_id = ? AND seq >= ? ORDER BY seq LIMIT ?"  # noqa: S608 -- names are constants of ours

FORGET = f"DELETE FROM {OWED} WHERE record_id = ?"  # noqa: S608 -- names are constants of ours


class SqliteWriter:
    """Writes one log to a SQLite file."""

    def __init__(self, database: Database, log_id: str) -> None:
        """Prepare; nothing is opened until the tail is read."""
        self._path = Path(make_url(database.url).database or ":memory:")
        self._log_id = log_id
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock: int | None = None
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @property
    def ready(self) -> bool:
        """Whether the file is open."""
        return self._connection is not None

    async def tail(self, first: int, limit: int) -> list[Row]:
        """Give rows from ``first`` on."""
        return await self._run(lambda: self._tail(first, limit))

    async def write(self, rows: Sequence[Row]) -> None:
        """Commit the rows in one transaction, synced to disk."""
        await self._run(lambda: self._write(rows))

    async def carry(self, rows: Sequence[Row]) -> None:
        """Commit the rows together with that they are owed no more."""
        await self._run(lambda: self._carry(rows))

    async def close(self) -> None:
        """End the thread, close the connection, let go of the lock."""
        if self._thread is not None:
            with suppress(LedgerUnavailable):
                await self._run(self._release)
            self._jobs.put(None)
            self._thread = None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name=f"ledger-{self._log_id}", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((loop, future, work))
        late = loop.call_later(PATIENCE, self._give_up, future)
        try:
            return await future
        finally:
            late.cancel()

    def _give_up(self, future: asyncio.Future[Any]) -> None:
        if not future.done():
            if (connection := self._connection) is not None:
                with suppress(sqlite3.ProgrammingError):  # the thread may close it at this very moment
                    connection.interrupt()
            future.set_exception(LedgerUnavailable(UNKNOWN))

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            loop, future, work = job
            if future.done():  # cancelled, or given up before its turn came
                continue
            try:
                result, error = work(), None
            except LedgerUnavailable as refused:
                result, error = None, refused
            except (sqlite3.Error, OSError) as failed:
                result, error = None, LedgerUnavailable(_code(failed))
            if error is not None:
                self._disconnect()
            with suppress(RuntimeError):  # the loop may be gone: then nobody waits
                loop.call_soon_threadsafe(_settle, future, result, error)

    def _tail(self, first: int, limit: int) -> list[Row]:
        connection = self._connection or self._connect()
        return [Row(*row) for row in connection.execute(TAIL, (self._log_id, first, limit))]

    def _write(self, rows: Sequence[Row]) -> None:
        connection = self._whole()
        if len(rows) == 1:
            connection.execute(INSERT, rows[0])  # a transaction by itself
            return
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, rows)
        connection.execute("COMMIT")

    def _carry(self, rows: Sequence[Row]) -> None:
        connection = self._whole()
        connection.execute("BEGIN IMMEDIATE")
        taken = sum(connection.execute(FORGET, (row.record_id,)).rowcount for row in rows)
        if taken != len(rows):  # the connection is closed then, and with it nothing is done
            raise LedgerUnavailable(OWED_ELSEWHERE)
        connection.executemany(INSERT, rows)
        connection.execute("COMMIT")

    def _whole(self) -> sqlite3.Connection:
        """Give the connection, to the file that is there."""
        connection = self._connection
        if connection is None:
            raise LedgerUnavailable("disconnected")
        if self._identity() != self._file:
            raise LedgerUnavailable("database-replaced")
        return connection

    def _connect(self) -> sqlite3.Connection:
        self._hold()
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
        self._connection = connection
        self._file = self._identity()
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _hold(self) -> None:
        if self._lock is not None:
            return
        path = self._path.with_name(f"{self._path.name}-ledger-{self._log_id}.lock")
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise LedgerUnavailable("replica-in-use") from None
        self._lock = lock

    def _identity(self) -> tuple[int, int]:
        found = os.stat(self._path)  # noqa: PTH116 -- before every write: half of what a Path's own takes
        return found.st_dev, found.st_ino

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _release(self) -> None:
        self._disconnect()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def _settle(future: asyncio.Future[Any], result: object, error: LedgerUnavailable | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _code(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", type(error).__name__))

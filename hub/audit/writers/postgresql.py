"""PostgreSQL: one asyncpg connection of its own; a batch is one statement, so one round trip and one transaction.

The log is held by an advisory lock of the session: the server lets go of it when the connection ends. The server
itself gives up a statement before the hub does, so that a row refused here is not written there afterwards.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from hub.audit.errors import UNKNOWN, LedgerUnavailable
from hub.audit.leaf import Row
from hub.audit.writers.contract import OWED, OWED_ELSEWHERE, PATIENCE, TABLE
from hub.store.database import Database

TYPES = ("text", "bigint", *("text",) * 6, *("bytea",) * 4)
COLUMNS = ",".join(Row._fields)
ARRAYS = ",".join(f"${place}::{kind}[]" for place, kind in enumerate(TYPES, 1))
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) SELECT * FROM unnest({ARRAYS})"  # noqa: S608 -- names are constants of ours
TAIL = f"SELECT {COLUMNS} FROM {TABLE} WHERE log_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3"  # noqa: S608 -- names are constants of ours
HOLD = "SELECT pg_try_advisory_lock(hashtextextended('audit ledger ' || $1, 0))"
SESSION = {"statement_timeout": f"{int(PATIENCE * 1000) - 200}", "synchronous_commit": "on", "jit": "off"}
FORGET = f"DELETE FROM {OWED} WHERE record_id = ANY($1::text[])"  # noqa: S608 -- names are constants of ours
UNSAID = ("08", "57P")
"""SQLSTATEs of a session that ended: they say nothing of what had been sent (a commit may have been done by then)."""
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class PostgresqlWriter:
    """Writes one log to PostgreSQL."""

    def __init__(self, database: Database, log_id: str) -> None:
        """Prepare; nothing is opened until the tail is read."""
        _, self._address = database.engine.dialect.create_connect_args(make_url(database.url))
        self._log_id = log_id
        self._connection: Any = None  # asyncpg publishes no types

    @property
    def ready(self) -> bool:
        """Whether the session is open, as far as is known here."""
        return self._connection is not None and not self._connection.is_closed()

    async def tail(self, first: int, limit: int) -> list[Row]:
        """Give rows from ``first`` on."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not self.ready:
                    await self._connect()
                found = await self._connection.fetch(TAIL, self._log_id, first, limit)
        except FAILURES as error:
            raise self._failed(error) from None
        return [Row(*row) for row in found]

    async def write(self, rows: Sequence[Row]) -> None:
        """Commit the rows in one statement."""
        if self._connection is None:
            raise LedgerUnavailable("disconnected")
        try:
            await self._connection.execute(INSERT, *map(list, zip(*rows, strict=True)), timeout=PATIENCE)
        except FAILURES as error:
            raise self._failed(error, UNKNOWN) from None

    async def carry(self, rows: Sequence[Row]) -> None:
        """Commit the rows together with that they are owed no more."""
        connection = self._connection
        if connection is None:
            raise LedgerUnavailable("disconnected")
        try:
            async with asyncio.timeout(PATIENCE):
                await connection.execute("BEGIN")
                taken = await connection.execute(FORGET, [row.record_id for row in rows])
                if taken != f"DELETE {len(rows)}":
                    await connection.execute("ROLLBACK")
                    raise LedgerUnavailable(OWED_ELSEWHERE)
                await connection.execute(INSERT, *map(list, zip(*rows, strict=True)))
                await connection.execute("COMMIT")
        except FAILURES as error:
            raise self._failed(error, UNKNOWN) from None

    async def close(self) -> None:
        """End the session, and with it the hold on the log."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAILURES):
                await connection.close(timeout=PATIENCE)
            connection.terminate()  # nothing to do where it closed

    async def _connect(self) -> None:
        self._connection = connection = await asyncpg.connect(**self._address, server_settings=SESSION)
        if not await connection.fetchval(HOLD, self._log_id):
            await self.close()
            raise LedgerUnavailable("replica-in-use")

    def _failed(self, error: BaseException, unsaid: str = "") -> LedgerUnavailable:
        """Let go of the session; ``unsaid`` is the code where the server did not say what became of what was sent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        state = getattr(error, "sqlstate", None)
        said = state is not None and not state.startswith(UNSAID)
        return LedgerUnavailable(
            unsaid if unsaid and not said else f"SQLSTATE_{state}" if state else type(error).__name__
        )

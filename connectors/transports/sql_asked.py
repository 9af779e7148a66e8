"""Asking an agency's database: a statement at a time, its rows taken as they come, never more than the budget of bytes.

A driver that brings an answer whole before it gives the first row would hold whatever an agency's table holds. So rows
come a few at a time, and an answer that outgrows its budget ends with its connection.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.errors import SourceBroken

Rows = Sequence[Sequence[Any]]

_AT_ONCE = 16
"""Rows taken at once: what a driver holds beyond the budget is at most these."""
_NUMBER = 8
"""What a value that is no text counts for, in bytes."""

for _name in (
    "aiosqlite",
    "asyncmy",
    "sqlalchemy.engine.Engine.agency",
    "sqlalchemy.pool.impl.AsyncAdaptedQueuePool.agency",
):
    # At their lowest level these write rows, parameters and a database's own words into the log.
    logging.getLogger(_name).setLevel(logging.WARNING)


class Asked(Protocol):
    """A database that runs one statement at a time on a connection of its own."""

    async def run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        """Run a statement and give all its rows; SourceBroken where they are more than the budget."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class _Taken:
    """The rows of one answer so far, and how much of the budget is left."""

    def __init__(self, most: int) -> None:
        self.rows: list[Sequence[Any]] = []
        self._left = most

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take some more; SourceBroken where that is too much."""
        for row in rows:
            self._left -= sum(len(v) if isinstance(v, str | bytes) else _NUMBER for v in row)
        if self._left < 0:
            raise SourceBroken("too-big")
        self.rows.extend(rows)


class AskedOnTheLoop:
    """A database with an async driver."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        """Keep the engine and the most bytes an answer may have."""
        self.engine = engine
        self._most = most

    async def run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        """Run a statement; cancelled at the database where the asker is."""
        taken = _Taken(self._most)
        async with self.engine.connect() as connection:
            result = await connection.stream(statement, values)
            try:
                async for part in result.partitions(_AT_ONCE):
                    taken.add(part)
            except SourceBroken:
                await connection.invalidate()  # closing it politely would read the rest first
                raise
        return taken.rows

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


class AskedByPsycopg(AskedOnTheLoop):
    """PostgreSQL: rows taken as they come from the driver itself; SQLAlchemy would open a cursor, six trips for one."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        """Keep the engine, and what statements are in PostgreSQL's words."""
        super().__init__(engine, most)
        self._written: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._at_once = _AT_ONCE if psycopg.capabilities.has_stream_chunked() else 1

    async def run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        """Run a statement; cancelled at the database where the asker is."""
        written = self._written.get(statement)
        if written is None:
            written = self._written[statement] = statement.compile(dialect=self.engine.dialect)
        said = written.construct_expanded_state(dict(values))
        async with self.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            try:
                return await self._taken(raw, said.statement, said.parameters)
            except psycopg.Error as error:
                failure = DBAPIError("", None, error, connection_invalidated=raw.closed)
            finally:
                if raw.pgconn.transaction_status != TransactionStatus.IDLE:
                    await connection.invalidate()
        raise failure

    async def _taken(self, raw: Any, said: str, parameters: Any) -> Rows:
        taken = _Taken(self._most)
        async with raw.cursor() as cursor, aclosing(cursor.stream(said, parameters, size=self._at_once)) as rows:
            try:
                async for row in rows:
                    taken.add((row,))
            except SourceBroken:
                raw.pgconn.finish()  # or the driver would read the rest first
                raise
        return taken.rows


class AskedInThreads:
    """A database whose driver waits: as many threads as connections, so that one that hangs fills only its own places.

    A thread cannot be stopped from outside; the statement's own timeout ends it where the database has one.
    """

    def __init__(self, engine: Engine, places: int, most: int) -> None:
        """Keep the engine and the most bytes an answer may have, and make the places."""
        self.engine = engine
        self._most = most
        self._threads = ThreadPoolExecutor(places, thread_name_prefix="sql")

    async def run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        """Run a statement in a thread; one still waiting for a thread when its asker goes is never run."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, statement, values)

    def _run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        taken = _Taken(self._most)
        with self.engine.connect().execution_options(stream_results=True, max_row_buffer=_AT_ONCE) as connection:
            try:
                for part in connection.execute(statement, values).partitions(_AT_ONCE):
                    taken.add(part)
            except SourceBroken:
                connection.invalidate()
                raise
        return taken.rows

    async def close(self) -> None:
        """Close every connection that is not in use."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

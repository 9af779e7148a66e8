"""The database: SQLite (WAL) by default, PostgreSQL in production, through one asynchronous engine."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Table, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import SQLModel

from hub.store.hops import GOODBYE, Hops

PATIENCE = 2.0
"""Seconds to wait for the database before refusing."""

GIVEN_BACK = "given back"
"""What a connection of SQLite's is told when it is next taken, by this name of what is known of it."""

CHECKPOINT = 16_000
"""Pages of SQLite's write-ahead log, of four kilobytes each, after which they are brought into the database.

A page written many times over, as a feed does, is brought in once. No more are lost: the log is as durable.
"""

_OF_SQLALCHEMY = frozenset({"async_creator_fn", "prepared_statement_cache_size", "prepared_statement_name_func"})
"""What an address may say to SQLAlchemy's own dialect, and the driver does not take."""

MIGRATIONS = Path(__file__).parent / "migrations"


BROKEN = (
    SQLAlchemyError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""Whatever a database that cannot be read raises, through SQLAlchemy or straight from a driver."""


class StoreUnavailable(Exception):
    """The hub's own database did not answer: nothing may be decided or shown. Says the kind of error, no more."""


class Patience:
    """A block in which the store is asked: whatever goes wrong there is StoreUnavailable, being late too."""

    __slots__ = ("_seconds", "_timeout")

    def __init__(self, seconds: float | None) -> None:
        """Wait so long; none where nothing is waited for, so that no timer need be set."""
        self._seconds = seconds
        self._timeout: asyncio.Timeout | None = None

    async def __aenter__(self) -> None:
        """Begin to wait."""
        if self._seconds is not None:
            self._timeout = asyncio.timeout(self._seconds)
            await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say what went wrong by its kind alone."""
        try:
            if self._timeout is not None:
                await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise StoreUnavailable(type(late).__name__) from None
        if isinstance(error, BROKEN):
            raise StoreUnavailable(type(error).__name__) from None


def patience() -> Patience:
    """Read the store within PATIENCE; whatever goes wrong there is StoreUnavailable."""
    return Patience(PATIENCE)


def table(model: type[SQLModel]) -> Table:
    """Give the table behind a SQLModel class, for statements in SQLAlchemy Core."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


class Hasty(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A connection that takes leave quickly: of a database that is cut off, SQLAlchemy would wait two seconds more."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- asyncpg's own parameter
        """Close; where it may not take long, within GOODBYE."""
        await super().close(timeout=None if timeout is None else min(timeout, GOODBYE))


class Database:
    """The hub's own database. ``url`` is any SQLAlchemy URL for SQLite or PostgreSQL; drivers are chosen here."""

    def __init__(self, url: str) -> None:
        """Prepare an engine; nothing is opened until it is used."""
        self.url = _with_driver(url)
        self.engine = _engine(self.url)
        self.words = self.engine.dialect
        """What statements are written out for."""
        self.dialect = self.words.name
        """``sqlite`` or ``postgresql``."""
        self._reader = _engine(self.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    @cached_property
    def local(self) -> sqlite3.Connection | None:
        """Give a connection of this thread's own for reads of a few rows from SQLite; none for PostgreSQL."""
        if self.dialect != "sqlite":
            return None
        connection = sqlite3.connect(make_url(self.url).database or "", isolation_level=None, timeout=0)
        connection.execute("PRAGMA query_only=ON")
        return connection

    @cached_property
    def hops(self) -> Hops:
        """Give connections for single statements to PostgreSQL that somebody waits for."""
        _, address = self.words.create_connect_args(make_url(self.url))
        return Hops({name: value for name, value in address.items() if name not in _OF_SQLALCHEMY})

    def patience(self) -> Patience:
        """Ask within PATIENCE what is read in one hop; SQLite reads that where it stands, so nothing is waited for."""
        return Patience(None if self.dialect == "sqlite" else PATIENCE)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading: no transaction to begin or end, so what is committed is what is seen."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for reading a great many rows as they stood at one moment, a page at a time."""
        async with self.engine.connect() as connection:
            yield connection

    async def upgrade(self) -> None:
        """Bring the tables up to date (Alembic ``upgrade head``)."""
        if self.dialect == "sqlite" and (path := make_url(self.url).database):
            _own_file(Path(path))
        await asyncio.to_thread(command.upgrade, self._alembic(), "head")

    def _alembic(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["url"] = self.url
        return config

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        await self._reader.dispose()
        if (hops := self.__dict__.pop("hops", None)) is not None:
            await hops.close()
        if (local := self.__dict__.pop("local", None)) is not None:
            local.close()


def _own_file(path: Path) -> None:
    """Make an SQLite file that its owner alone may read; SQLite gives its journal files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    return parsed.set(drivername=drivers.get(parsed.drivername, parsed.drivername)).render_as_string(
        hide_password=False
    )


def _engine(url: str, **options: Any) -> AsyncEngine:
    if not url.startswith("sqlite"):
        hasty = {"connection_class": Hasty}
        return create_async_engine(
            url, pool_size=10, max_overflow=20, pool_pre_ping=True, connect_args=hasty, **options
        )
    engine = create_async_engine(url, connect_args={"timeout": 10}, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def _durable(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            f"wal_autocheckpoint={CHECKPOINT}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "checkout")
    def _as_usual(connection: Any, record: Any, _: object) -> None:
        for pragma in record.info.pop(GIVEN_BACK, ()):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine

"""Room: memory for one big transaction, given back at its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

ROOM = 128
"""Mebibytes of pages SQLite may keep for it."""
USUAL = 2
"""What it keeps otherwise (SQLite, "PRAGMA cache_size")."""


@asynccontextmanager
async def roomy(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let SQLite keep every page a transaction touches: with little room it writes some out and reads them again.

    PostgreSQL keeps its pages for everybody, and is left as whoever runs it set it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    await connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOM * 1024}")
    yield  # a transaction that failed may have lost its connection: the next one that is given room gives it back
    await connection.exec_driver_sql(f"PRAGMA cache_size=-{USUAL * 1024}")

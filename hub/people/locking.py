"""Locking: whoever writes the index reads, decides and writes alone, in whichever replica.

Two who decide at once would each not see what the other is about to write: a child would become two persons, and a
protected identity would not seal its like.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.database import Database

_INDEX = 0x6C696E6B
"""The advisory lock of the index: a number of our own, that nothing else in the database takes."""


@asynccontextmanager
async def writing_alone(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open one transaction that waits for every other writer of the index; what it reads stays true to its end."""
    async with database.begin() as connection:
        if database.dialect == "postgresql":
            await alone(connection)
        else:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


async def alone(connection: AsyncConnection) -> None:
    """Wait for every other writer of the index, in a transaction that has written already.

    On SQLite whoever has written is alone.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _INDEX})

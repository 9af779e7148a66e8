"""Room: memory for one big transaction, given back at its end, and its log brought in beside the next."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.database import BROKEN, CHECKPOINT, GIVEN_BACK, Database

ROOM = 128
"""Mebibytes of pages SQLite may keep for it."""
USUAL = 2
"""What it keeps otherwise (SQLite, "PRAGMA cache_size")."""


MUCH = 128_000
"""Pages of SQLite's log after which even such a transaction brings it in by itself, and waits for that."""


@asynccontextmanager
async def roomy(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let SQLite keep every page a transaction touches: with little room it writes some out and reads them again.

    Nor does it bring the log in when it commits: ``bring_in`` does, while the next is decided on. PostgreSQL keeps its
    pages for everybody, and is left as whoever runs it set it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = (f"cache_size=-{USUAL * 1024}", f"wal_autocheckpoint={CHECKPOINT}")
    connection.info[GIVEN_BACK] = usual  # before whatever is next done with it, so that its commits bound the log again
    await connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOM * 1024}")
    await connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={MUCH}")  # this connection's; others keep their own
    yield  # a transaction that failed may have lost its connection: the next one that is given room gives it back
    await connection.exec_driver_sql(f"PRAGMA cache_size=-{USUAL * 1024}")


async def bring_in(database: Database, alone: Callable[[], None]) -> None:
    """Bring SQLite's log into the database beside whoever writes, waiting for nobody; ``alone`` is called at once.

    Where that cannot be just now nothing is lost: whoever commits later brings it in.
    """
    alone()
    if database.dialect == "sqlite":
        with suppress(*BROKEN):
            async with database.read() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

"""Whether there is a ledger to read where the settings say: if not, one sentence says why and what to do."""

import sqlite3
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, make_url

from hub.commands.saying import Refused
from hub.store.database import PATIENCE, Database, StoreUnavailable, patience
from hub.store.tables.audit import AuditCheckpoint, AuditRecord

TABLES = frozenset({str(AuditRecord.__tablename__), str(AuditCheckpoint.__tablename__)})

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_GARBAGE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


async def insist_on_ledger(database: Database) -> None:
    """Refuse a database that is absent, garbage, locked or away, or in which there is no table of a ledger at all."""
    if database.dialect == "sqlite":
        tables = _of_file(Path(make_url(database.url).database or ""))
    else:
        tables = await _of_server(database)
    if not tables & TABLES:
        raise Refused("the database holds no ledger: the hub makes one when it starts (or `hub db upgrade` does)")


def _of_file(path: Path) -> frozenset[str]:
    """List the tables of an SQLite file; one that is not there is not made."""
    if not path.is_file():
        raise Refused(f"there is no database at {path}: name the hub's folder with --data, or set HUB_DATABASE_URL")
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE)
        try:
            return frozenset(name for (name,) in connection.execute("SELECT name FROM sqlite_master"))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Refused(f"{path} {_why(error)}") from None


def _why(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _LOCKED:
        return "is locked by another program: try again when that has finished"
    if code in _GARBAGE:
        return "is not a database, or is too damaged to be opened: restore it from a backup"
    return f"cannot be opened: {type(error).__name__}"


async def _of_server(database: Database) -> frozenset[str]:
    """List the tables of a database server, if it answers in time."""
    try:
        async with patience(), database.read() as connection:
            return frozenset(await connection.run_sync(_names))
    except StoreUnavailable as error:
        raise Refused(f"the database does not answer: {error}") from None


def _names(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()

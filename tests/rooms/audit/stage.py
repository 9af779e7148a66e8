"""What the audit room's tests stand on: a clock, and databases with the ledger's tables."""

from datetime import UTC, datetime

from sqlmodel import SQLModel

from hub.store.database import Database
from hub.store.tables.audit import AuditCheckpoint, AuditRecord
from hub.store.tables.business import ReasonRow

TABLES = [AuditRecord.__table__, AuditCheckpoint.__table__, ReasonRow.__table__]


def clock() -> datetime:
    """Tell the time of a clock that stands still: order comes from the log, not from it."""
    return datetime(2025, 3, 4, 9, 30, tzinfo=UTC)


async def fresh(url: str) -> Database:
    """Give a database with the ledger's tables, empty."""
    database = Database(url)
    async with database.begin() as connection:
        await connection.run_sync(SQLModel.metadata.drop_all, tables=TABLES)
        await connection.run_sync(SQLModel.metadata.create_all, tables=TABLES)
    return database

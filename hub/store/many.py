"""Writing many rows at once, by the quickest way each database has, within the transaction that is open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

MANY = 20
"""Rows from which PostgreSQL's COPY is worth its beginning."""


async def write_many(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= MANY:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 -- a connection that is open has one
        given = [tuple(row.values()) for row in rows]
        await driver.copy_records_to_table(table.name, records=given, columns=list(rows[0]))
    elif connection.dialect.name == "sqlite":
        columns, places = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({places})"  # noqa: S608 -- our own tables' names
        await connection.exec_driver_sql(statement, [tuple(map(_written, row.values())) for row in rows])
    else:
        await connection.execute(table.insert(), rows)


def _written(value: Any) -> Any:
    """Write a moment as SQLAlchemy does for SQLite, which has no type for one: in UTC, without its zone."""
    if type(value) is not datetime:
        return value
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

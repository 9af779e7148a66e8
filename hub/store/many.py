"""Writing many rows at once, by the quickest way each database has, within the transaction that is open."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import DateTime, Table
from sqlalchemy.ext.asyncio import AsyncConnection

MANY = 20
"""Rows from which PostgreSQL's COPY is worth its beginning."""
TOGETHER = (10_000, 2_000, 100, 1)
"""Rows that one INSERT of SQLite's may have: few statements to read and keep, and few times to wait for this thread.

Whoever runs Python beside it is waited for before each statement (up to ``sys.getswitchinterval``), so that a row a
statement would take longer to wait for than to write.
"""
PLACES = 32_766
"""The most values SQLite takes in one statement (SQLite, "Limits In SQLite", SQLITE_MAX_VARIABLE_NUMBER)."""

Row = tuple[Any, ...]


async def write_many(connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for each column."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        into = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "  # noqa: S608 -- our own tables' names
        one = f"({', '.join('?' * len(columns))})"
        written = _moments_written(table, columns, rows)
        for count, values in _together(written, PLACES // len(columns)):
            await connection.exec_driver_sql(into + ", ".join([one] * count), values)
    elif len(rows) >= MANY:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 -- a connection that is open has one
        await driver.copy_records_to_table(table.name, records=rows, columns=list(columns))
    else:
        await connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in rows])


def _together(rows: Sequence[Row], most: int) -> Iterator[tuple[int, list[Row]]]:
    """Give rows by how many go into one statement, the values of each statement in one."""
    at = 0
    for count in (count for count in TOGETHER if count <= most):
        values: list[Row] = []
        while at + count <= len(rows):
            values.append(tuple(chain.from_iterable(rows[at : at + count])))
            at += count
        if values:
            yield count, values


def _moments_written(table: Table, columns: Sequence[str], rows: Sequence[Row]) -> Sequence[Row]:
    """Write moments as SQLAlchemy does for SQLite, which has no type for one: in UTC, without their zone."""
    for place, name in enumerate(columns):
        if isinstance(table.c[name].type, DateTime) and any(row[place] is not None for row in rows):
            rows = [(*row[:place], _written(row[place]), *row[place + 1 :]) for row in rows]
    return rows


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if moment else None

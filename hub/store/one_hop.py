"""One hop: the reads that every question waits for, straight through the driver.

SQLAlchemy's asynchronous cursors cross to the driver's thread or socket several times for one SELECT; the drivers'
own fetch crosses once. The statement is still SQLAlchemy's, written once for both databases.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CompoundSelect


class OneHop:
    """A SELECT written out for one database; its values are given in the order of its parameters' names."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> None:
        """Write the statement in the database's own words."""
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()
        self._sqlite = dialect.name == "sqlite"

    async def rows(self, connection: AsyncConnection, values: dict[str, str]) -> list[Any]:
        """Give the rows as tuples."""
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 -- a connection that is open has one
        given = [values[name] for name in self._names]
        if self._sqlite:
            return list(await driver.execute_fetchall(self._text, given))
        return list(await driver.fetch(self._text, *given))


def moment(value: datetime | str | None) -> datetime | None:
    """Give a moment as either driver has it: SQLite keeps text without a zone."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read

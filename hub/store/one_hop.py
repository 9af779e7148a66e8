"""One hop: the reads that every question waits for, straight through the driver.

The statement is SQLAlchemy's, written once for both databases. PostgreSQL is asked in one round trip. SQLite is a
library in this process: a read of a few rows takes tens of microseconds and never waits for a writer (WAL), so it
is made where it stands; crossing to a driver's thread and back would cost ten times as much.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.selectable import CompoundSelect

from hub.store.database import Database


class OneHop:
    """A SELECT written out for one database; its values are given by the names of its parameters."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> None:
        """Write the statement in the database's own words."""
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()

    async def rows(self, database: Database, values: dict[str, str]) -> list[Any]:
        """Give the rows as tuples."""
        given = [values[name] for name in self._names]
        if database.local is not None:
            return database.local.execute(self._text, given).fetchall()
        return await database.hops.fetch(self._text, *given)


def moment(value: datetime | str | None) -> datetime | None:
    """Give a moment as either driver has it: SQLite keeps text without a zone."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read

"""SQL: an agency's database, read and never written.

A read-only session with a statement timeout and a cap on rows; values travel as bound parameters only. What goes
wrong is named by what the hub does next, and no message holds SQL or a value.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import DateTime, Select, bindparam, column, or_, select, table
from sqlalchemy.exc import DBAPIError

from connectors.contract import Limits
from connectors.errors import SourceUnavailable
from connectors.together import together
from connectors.transports.sql_engine import SqlSettings, open_database
from connectors.transports.sql_errors import CONNECTING, named_failure

__all__ = ["Database", "Query", "Rows", "Since", "SqlSettings"]

Row: TypeAlias = Mapping[str, Any]

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Query:
    """Some columns of one table, for the rows whose ``key`` (or ``other``) is one of ``values``; all without a key."""

    table: str
    columns: frozenset[str]
    key: str | None = None
    values: tuple[Any, ...] = ()
    other: str | None = None
    schema: str | None = None
    """Where the table is; the database's ``db_schema`` without one."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A query's rows; ``complete`` is false where the cap cut them."""

    rows: tuple[Row, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Since:
    """Only rows whose moment in a column is this or later: some columns know the day and no more."""

    column: str
    moment: datetime


class Database:
    """One source's database; connections are made when first needed and closed with the source."""

    def __init__(self, settings: SqlSettings, limits: Limits, where: str) -> None:
        """Check the address and read the password now, so that a source that cannot work refuses to start."""
        self._schema = settings.db_schema
        self._limits = limits
        self._asked = open_database(settings, limits, where)
        self._statements: dict[Query, Select[Any]] = {}

    async def read(self, queries: Sequence[Query]) -> list[Rows]:
        """Run queries at once, each on a connection of its own; the first failure cancels the others."""
        if len(queries) == 1:
            return [await self.one(queries[0])]
        return await together(self.one(q) for q in queries)

    async def one(self, query: Query) -> Rows:
        """Run one query; nothing is asked where the key has no values."""
        if query.key is not None and not query.values:
            return Rows(())
        names = tuple(sorted(query.columns))
        statement = self._statement(query)
        values = {"keys": list(query.values)} if query.key is not None else {}
        found = await self._run(statement, values, query.table)
        rows = tuple(dict(zip(names, row, strict=True)) for row in found[: self._limits.records])
        return Rows(rows, len(found) <= self._limits.records)

    async def keys(
        self, place: str, key: str, since: Since | None = None, schema: str | None = None
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Walk a table's distinct keys in order, a page at a time; each page is a short query of its own."""
        source = self._table(place, (key, *((since.column,) if since else ())), schema)
        base: Select[Any] = select(source.c[key]).distinct().order_by(source.c[key]).limit(_PAGE)
        values: dict[str, Any] = {}
        if since is not None:
            base = base.where(source.c[since.column] >= bindparam("since", type_=DateTime(timezone=True)))
            values["since"] = since.moment
        page = base.where(source.c[key].is_not(None))
        while True:
            found = tuple(row[0] for row in await self._run(page, values, place))
            if found:
                yield found
            if len(found) < _PAGE:
                return
            page, values = base.where(source.c[key] > bindparam("last")), {**values, "last": found[-1]}

    async def close(self) -> None:
        """Close every connection."""
        await self._asked.close()

    def _statement(self, query: Query) -> Select[Any]:
        known = replace(query, values=())
        statement = self._statements.get(known)
        if statement is None:
            names = tuple(sorted(query.columns))
            keys = tuple(k for k in (query.key, query.other) if k is not None)
            source = self._table(query.table, (*names, *keys), query.schema)
            statement = select(*(source.c[n] for n in names)).limit(self._limits.records + 1)
            if keys:
                among = (source.c[k].in_(bindparam("keys", expanding=True)) for k in keys)
                statement = statement.where(or_(*among))
            self._statements[known] = statement
        return statement

    def _table(self, name: str, columns: Iterable[str], schema: str | None) -> Any:
        return table(name, *(column(c) for c in dict.fromkeys(columns)), schema=schema or self._schema)

    async def _run(self, statement: Any, values: Mapping[str, Any], place: str) -> Sequence[Sequence[Any]]:
        """Run a statement; once more where a kept connection turned out to be dead."""
        failure = None
        for _ in range(2):
            try:
                async with asyncio.timeout(self._limits.deadline):
                    return await self._asked.run(statement, values)
            except CONNECTING as error:
                failure = named_failure(error, place)
                again = isinstance(error, DBAPIError) and error.connection_invalidated
            if not again:
                break
        raise failure or SourceUnavailable("unreachable", place)

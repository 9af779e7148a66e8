"""Tables or views of an agency's database, connected by a mapping: ``from`` names one, a path is a column.

::

    [connection]
    transport = "sql"
    url = "postgresql://hub@db.example/housing"
    password = { file = "…" }
    db_schema = "reporting"
    [connection.resources.tenancies]      # only where a table is called otherwise or needs one of these
    table = "vw_tenancies"
    schema = "housing"
    key = "integer"                       # the person column's type, where it is not a text
    since = "changed_at"                  # the column that says when a row last changed

``person`` must be one plain column, the same in every block on a table: rows are asked for by it, many people at once.
A large source is best found in by its index feed; without one, finding somebody without a number walks the table.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.connection import checked_connection
from connectors.contract import Connector, Identity, LocalId, Located, Matched, Traits, Unknown
from connectors.errors import SourceBroken, SourceMisconfigured
from connectors.feed import Rows
from connectors.mapped import Gathered, MappedConnector, Needed, in_batches
from connectors.mapping import Mapper, PeopleIndex, locate
from connectors.source import SourceConfig
from connectors.together import together
from connectors.transports.sql import Database, Query, Since, SqlSettings
from schema.records import IdentifierSystem

_SPACED = {IdentifierSystem.NHS_NUMBER: (3, 6)}
"""Where a number is written with blanks: NHS numbers as 3, 3 and 4 digits."""


class TableSettings(BaseModel):
    """One table or view."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    table: str | None = None
    table_schema: str | None = Field(default=None, alias="schema")
    key: Literal["text", "integer"] = "text"
    since: str | None = None


class SqlConnection(SqlSettings):
    """A plain SQL source's ``[connection]``."""

    transport: Literal["sql"]
    people_most: int = Field(default=100, ge=1, le=1_000)
    resources: Mapping[str, TableSettings] = {}


def connect(source: SourceConfig) -> Connector:
    """Make the connector; SourceMisconfigured where a table has no one column for the person."""
    connection = checked_connection(source, SqlConnection)
    mapper = Mapper(source, tabular=True)
    for resource in sorted(connection.resources):
        if resource not in mapper.resources:
            raise SourceMisconfigured("mapping", f"{source.path.name}: nothing maps connection.resources.{resource}")
    for resource in sorted(mapper.resources):
        if len(mapper.person_paths(resource)) != 1:
            raise SourceMisconfigured(
                "mapping", f"{source.path.name}: from {resource!r}: person must be one column, the same in every block"
            )
    database = Database(connection, source.limits.budget(), source.path.name)
    return PlainSql(Tables(database, mapper, connection), mapper, connection.people_most)


class PlainSql(MappedConnector):
    """A mapped database; its people are read a page at a time, never all at once."""

    def __init__(self, tables: "Tables", mapper: Mapper, batch_size: int) -> None:
        """Bring the tables and the mapping together."""
        super().__init__(tables, mapper, batch_size=batch_size)
        self._tables = tables

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield the people the tables name; those changed since then where a column says when."""
        async for page in self._tables.pages(self._mapper.needed_for_people(), since):
            for identity in self._people(page):
                yield identity

    async def locate(self, traits: Traits) -> Located:
        """Find one person by number where a column holds it; else walk the table."""
        found = await super().locate(traits)
        if isinstance(found, Matched) or not traits.names:
            return found
        alike = [i async for i in self.identities(None) if not isinstance(locate(traits, (i,)), Unknown)]
        return PeopleIndex(alike).locate(traits)


class Tables:
    """The tables of one database."""

    def __init__(self, database: Database, mapper: Mapper, connection: SqlConnection) -> None:
        """Keep which column of each table names the person."""
        self._database = database
        self._mapper = mapper
        self._most = connection.people_most
        self._settings = {r: connection.resources.get(r, TableSettings()) for r in mapper.resources}
        self._key = {r: next(iter(mapper.person_paths(r))) for r in mapper.resources}

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed tables' rows about these people."""
        return await self._with(people, needed)

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring the rows that hold one of the numbers, however it is spelled."""
        found: dict[str, list[Any]] = {}
        for people in self._mapper.people:
            for system, reader in people.identifiers:
                spelled = tuple(
                    {s for kind, value in traits.identifiers if kind is system for s in _spellings(kind, value)}
                )
                if len(reader.paths) != 1 or not spelled:
                    continue
                asked = self._query(people.resource, needed[people.resource], next(iter(reader.paths)), spelled)
                found.setdefault(people.resource, []).extend((await self._database.one(asked)).rows)
        return Gathered(found)

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Walk everybody's rows, some hundred people at a time; each person once.

        A table gives each of its people once: only where several are walked is it remembered who was seen.
        """
        seen: set[str] = set()
        for name in sorted(needed):
            settings = self._settings[name]
            changed = Since(settings.since, since) if settings.since and since else None
            walk = self._database.keys(self._table(name), self._key[name], changed, settings.table_schema)
            async for keys in walk:
                new = tuple(LocalId(str(k)) for k in keys if str(k) not in seen)
                if len(needed) > 1:
                    seen.update(new)
                for batch in in_batches(new, self._most):
                    page = await self._with(batch, needed)
                    if not page.complete:
                        raise SourceBroken("feed-cut-short")
                    yield page.rows

    async def ping(self) -> datetime | None:
        """Ask each table about nobody."""
        paths = self._mapper.every_path()
        asked = [self._query(r, paths[r], self._key[r], (_none(s),)) for r, s in sorted(self._settings.items())]
        await self._database.read(asked)
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._database.close()

    async def _with(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        names = sorted(needed)
        batches = [(name, batch) for name in names for batch in in_batches(people, self._most)]
        asked = [self._query(n, needed[n], self._key[n], _values(self._settings[n], b)) for n, b in batches]
        parts = await together(self._database.one(q) for q in asked) if asked else []
        rows: dict[str, list[Any]] = {name: [] for name in names}
        for (name, _), part in zip(batches, parts, strict=True):
            rows[name].extend(part.rows)
        return Gathered(rows, None, all(p.complete for p in parts))

    def _table(self, resource: str) -> str:
        return self._settings[resource].table or resource

    def _query(self, resource: str, columns: frozenset[str], key: str, values: tuple[Any, ...]) -> Query:
        return Query(self._table(resource), columns, key, values, schema=self._settings[resource].table_schema)


def _values(settings: TableSettings, people: tuple[LocalId, ...]) -> tuple[Any, ...]:
    """Give people as their column holds them; one that could not be in it is nobody there."""
    if settings.key == "text":
        return people
    return tuple(int(p) for p in people if p.isascii() and p.isdecimal() and len(p) <= 18)  # noqa: PLR2004 -- a bigint


def _none(settings: TableSettings) -> Any:
    return "" if settings.key == "text" else -1


def _spellings(system: IdentifierSystem, value: str) -> tuple[str, ...]:
    plain = value.replace(" ", "")
    cuts = _SPACED.get(system)
    if cuts is None:
        return value, plain
    return plain, " ".join((plain[: cuts[0]], plain[cuts[0] : cuts[1]], plain[cuts[1] :]))

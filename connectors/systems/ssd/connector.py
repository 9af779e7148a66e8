"""The connector of one SSD database: social care, or early help."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from connectors.connection import checked_connection
from connectors.contract import (
    Ask,
    Capabilities,
    Connector,
    Freshness,
    Health,
    Held,
    Identity,
    LocalId,
    Located,
    Reply,
    Traits,
)
from connectors.errors import SourceError
from connectors.short_memory import ShortMemory
from connectors.source import SourceConfig
from connectors.staff_directory import StaffDirectory
from connectors.systems.ssd.answers import answers
from connectors.systems.ssd.chronology import events
from connectors.systems.ssd.episodes import involvements
from connectors.systems.ssd.family import relationships
from connectors.systems.ssd.feed import Feed, moment
from connectors.systems.ssd.identity import identity
from connectors.systems.ssd.read import Read, unread
from connectors.systems.ssd.reader import Reader
from connectors.systems.ssd.settings import SsdConnection
from connectors.systems.ssd.tables import PARTS
from connectors.together import together
from connectors.transports.sql import Database, Query
from schema.records import IdentifierSystem

LOCATES_BY = frozenset({IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN, IdentifierSystem.CASE_NUMBER})

_LOADED = "loaded"
_REMEMBERED = 5.0
"""Seconds for which it is remembered when the data were loaded."""


def connect(source: SourceConfig) -> Connector:
    """Make the connector; SourceMisconfigured where its settings cannot work."""
    return Ssd(source, checked_connection(source, SsdConnection))


class Ssd:
    """One SSD database."""

    def __init__(self, source: SourceConfig, connection: SsdConnection) -> None:
        """Check addresses and read secrets; nothing is asked yet."""
        limits = source.limits.budget()
        self._source = source
        self._connection = connection
        self._database = Database(connection, limits, source.path.name)
        settings = connection.directory
        where = f"{source.path.name}: connection.directory"
        self._directory = StaffDirectory(settings, limits, where) if settings else None
        self._reader = Reader(connection, self._database, self._directory)
        self._loads: ShortMemory[datetime] = ShortMemory(_REMEMBERED)
        self._feed = Feed(connection, self._database)
        self._capabilities = Capabilities(
            fields=answers(PARTS[connection.part] - set(connection.without), directory=settings is not None),
            locates_by=LOCATES_BY,
            feeds_index=True,
            freshness=Freshness.DAILY,
        )

    @property
    def capabilities(self) -> Capabilities:
        """Say what this part of the standard can answer."""
        return self._capabilities

    async def locate(self, traits: Traits) -> Located:
        """Find one person; never guess."""
        return await self._feed.locate(traits)

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for a batch of people from one query a table."""
        read = unread(ask)
        await together([self._reader.fill(read), self._date(read)])
        known = [p for p in ask.people if read.rows.of("ssd_person", p)]
        records: dict[LocalId, tuple[Held, ...]] = {p: tuple(self._records(read, p)) for p in known}
        rejected = tuple(sorted(read.rows.reading.rejected, key=lambda r: (r.place, r.code)))
        return Reply(records, read.as_of, read.complete, self._is_stale(read.as_of), rejected)

    def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield the people the database knows, changed since then where it keeps a table of changes."""
        return self._feed.identities(since)

    async def health(self) -> Health:
        """Say whether the database can be asked now, and how old its data are."""
        try:
            await self._database.read([Query("ssd_person", frozenset({"pers_person_id"}), "pers_person_id", ("",))])
            loaded = await self._loaded()
            absent = await self._reader.absent()
        except SourceError as wrong:
            return Health(ok=False, code=wrong.code)
        code = "stale" if self._is_stale(loaded) else "tables-missing" if absent else "ok"
        return Health(ok=True, code=code, as_of=loaded)

    async def close(self) -> None:
        """Close the database and the directory."""
        await self._database.close()
        if self._directory is not None:
            await self._directory.close()

    def _records(self, read: Read, person: LocalId) -> Iterable[Held]:
        service = self._source.service
        yield from involvements(read.rows, person, service)
        yield from events(read.rows, person, service)
        yield from identity(read.rows, person)
        if read.rows.asked.any_of("Relationship"):
            yield from relationships(read.rows, person, read.kin)

    async def _date(self, read: Read) -> None:
        read.as_of = await self._loaded()

    async def _loaded(self) -> datetime | None:
        return (await self._loads.look_up([_LOADED], self._asked_loaded)).get(_LOADED)

    async def _asked_loaded(self, _: tuple[str, ...]) -> dict[str, datetime]:
        table = self._connection.loaded
        if table is None:
            return {}
        found = await self._database.one(Query(table.table, frozenset({table.finished})))
        moments = [m for m in (moment(row[table.finished]) for row in found.rows) if m is not None]
        return {_LOADED: max(moments)} if moments else {}

    def _is_stale(self, loaded: datetime | None) -> bool:
        days = self._connection.stale_after_days
        return days is not None and loaded is not None and loaded < datetime.now(UTC) - timedelta(days=days)

"""A folder of an agency's drops, connected by a mapping: ``from`` names a file of ``connection.files``.

::

    [connection]
    transport = "files"
    folder = "/srv/drops/homes"           # here, or at the SFTP server named below
    stale_after_days = 8
    [connection.sftp]                     # with the extra sftp
    host = "drops.example"
    username = "hub"
    known_hosts = "…"
    private_key = { file = "…" }
    [connection.files.tenancies]
    name = "tenancies-*.csv"              # or .xlsx with a sheet, .parquet with the extra parquet, .xml with records
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.capped import capped
from connectors.connection import checked_connection
from connectors.contract import (
    Ask,
    Capabilities,
    Connector,
    Freshness,
    Health,
    Identity,
    Located,
    Reply,
    Traits,
)
from connectors.errors import SourceError, SourceMisconfigured
from connectors.mapping import Mapper, PeopleIndex, Whereabouts, keys
from connectors.source import SourceConfig
from connectors.systems.plain.register import Register
from connectors.transports.files import Drop, FileLayout, Folder
from connectors.transports.places import OnDisk
from connectors.transports.sftp import OverSftp, SftpSettings
from connectors.transports.tables import Bounds


class FilesConnection(BaseModel):
    """Where the drops are, what each is called, and after how many days one is older than it should be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    transport: Literal["files"]
    folder: Path
    sftp: SftpSettings | None = None
    files: Mapping[str, FileLayout] = Field(min_length=1)
    stale_after_days: float | None = Field(default=None, gt=0)
    max_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    max_rows: int = Field(default=1_000_000, ge=1)


def connect(source: SourceConfig) -> Connector:
    """Make the connector; SourceMisconfigured where the mapping names a file that is not listed."""
    connection = checked_connection(source, FilesConnection)
    mapper = Mapper(source, tabular=True)
    for resource in sorted(mapper.resources):
        if resource not in connection.files:
            known = ", ".join(sorted(connection.files))
            raise SourceMisconfigured(
                "mapping", f"{source.path.name}: from {resource!r} is no file of connection.files ({known})"
            )
    parquet = sorted(n for n, layout in connection.files.items() if layout.name.lower().endswith(".parquet"))
    if parquet and find_spec("pyarrow") is None:
        raise SourceMisconfigured(
            "extra-missing", f"{source.path.name}: connection.files.{parquet[0]} needs the extra parquet"
        )
    return PlainFiles(source, connection, mapper)


class PlainFiles:
    """A mapped folder of drops."""

    def __init__(self, source: SourceConfig, connection: FilesConnection, mapper: Mapper) -> None:
        """Know the folder and the mapping; nothing is read until asked for."""
        self._mapper = mapper
        self._cap = source.limits.records
        self._stale_after = timedelta(days=connection.stale_after_days) if connection.stale_after_days else None
        bounds = Bounds(connection.max_bytes, connection.max_rows)
        where = source.path.name
        sftp = connection.sftp
        place = OverSftp(sftp, connection.folder.as_posix(), where) if sftp else OnDisk(connection.folder)
        self._folder = Folder(place, connection.files, mapper.every_path(), mapper.person_of, bounds)
        self._known: tuple[Register, Whereabouts] | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Say what the mapping can answer."""
        return Capabilities(
            fields=self._mapper.fields,
            locates_by=self._mapper.locates_by,
            feeds_index=bool(self._mapper.people),
            batch_size=1_000,
            freshness=Freshness.DAILY,
        )

    async def locate(self, traits: Traits) -> Located:
        """Find one person by an exact identifier, or by exact name, date of birth and postcode."""
        register = await self._register()
        if self._known is None or self._known[0] != register:
            self._known = register, await asyncio.to_thread(register.whereabouts)
        groups = self._known[1].of(keys(traits))
        return PeopleIndex(await asyncio.to_thread(register.within, groups)).locate(traits)

    async def fetch(self, ask: Ask) -> Reply:
        """Answer from the drops the asked fields need."""
        needed = sorted(self._mapper.needed(ask.fields))
        drops = {name: await self._folder.read(name) for name in needed}
        others = await self._readable(self._mapper.resources - set(needed))
        held = {name: d.rows.about(ask.people) for name, d in drops.items()}
        known = set[str]().union(*held.values(), *(d.rows.about(ask.people) for d in others))
        rows = {name: [row for p in ask.people for row in about.get(p, ())] for name, about in held.items()}
        mapped = self._mapper.records(rows, ask.fields, ask.today)
        records, complete = capped({p: mapped.records.get(p, ()) for p in ask.people if p in known}, self._cap)
        as_of = min((d.as_of for d in drops.values()), default=None)
        return Reply(records, as_of, complete, self._is_stale(drops.values()), mapped.rejected)

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield everybody the Identity blocks name; those with a changed moment only where it is not earlier."""
        if not self._mapper.people:
            return
        register = await self._register()
        for group in range(register.groups):
            for identity in await asyncio.to_thread(register.within, (group,)):
                if since is None or identity.changed is None or identity.changed >= since:
                    yield identity

    async def health(self) -> Health:
        """Say whether every file can be read now."""
        try:
            drops = [await self._folder.read(name) for name in sorted(self._mapper.resources)]
        except SourceError as wrong:
            return Health(ok=False, code=wrong.code)
        as_of = min((d.as_of for d in drops), default=None)
        return Health(ok=True, code="stale" if self._is_stale(drops) else "ok", as_of=as_of)

    async def close(self) -> None:
        """Let go of the rows and of connections."""
        self._known = None
        await self._folder.close()

    async def _register(self) -> Register:
        """Give who the drops know, as they stand now."""
        needed = sorted(self._mapper.needed_for_people())
        drops = [await self._folder.read(name) for name in needed]
        return Register(self._mapper, tuple(zip(needed, (d.rows for d in drops), strict=True)))

    async def _readable(self, names: Iterable[str]) -> list[Drop]:
        """Read the files that only say who is known; one that cannot be read says nothing and spoils nothing."""
        found: list[Drop] = []
        for name in sorted(names):
            try:
                found.append(await self._folder.read(name))
            except SourceError:
                continue
        return found

    def _is_stale(self, drops: Iterable[Drop]) -> bool:
        oldest = datetime.now(UTC) - self._stale_after if self._stale_after else None
        return any(d.stale or (oldest is not None and d.as_of < oldest) for d in drops)

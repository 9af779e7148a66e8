"""Files: a folder where an agency drops CSV, XLSX, Parquet and XML files, kept packed in memory and never written.

A file is read again only when it has changed, away from the event loop, and replaced as a whole. A new file
that cannot be read is refused, by row and column and never by value: the last good one stays, marked stale.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.errors import SourceError, SourceUnavailable
from connectors.transports.packed import Packed, Row
from connectors.transports.places import Found, Place
from connectors.transports.tables import Bounds, Table, read_table

_ROW_BYTES, _PACKED_ROW_BYTES = 24, 8
"""The least a row is likely to take in a file of texts and in one that is packed, to say how many rows there may be."""
_TEXTS = frozenset({".csv", ".txt", ".xml"})
_OUT_OF_REACH = frozenset({"unreachable", "timed-out"})


class FileLayout(BaseModel):
    """How one file is laid out. A ``*`` in the name means the newest file of that pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[^/\\]+\.(?i:csv|txt|xlsx|xlsm|xls|ods|parquet|xml)$")
    sheet: str | None = None
    header: int = Field(default=1, ge=1, le=100)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str | None = None
    records: str | None = Field(default=None, pattern=r"^[^.]+(\.[^.]+)+$")
    """In XML: the elements down to the one that is a row, the root first, with dots."""

    @model_validator(mode="after")
    def _records_in_xml(self) -> Self:
        if self.name.lower().endswith(".xml") != (self.records is not None):
            message = "an XML file, and no other, needs records"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Drop:
    """One file's rows as last read; ``as_of`` is the file's time."""

    rows: Packed
    as_of: datetime
    stale: bool = False


@dataclass(slots=True)
class _Kept:
    found: Found | None = None
    drop: Drop | None = None
    wrong: SourceError | None = None
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


class Folder:
    """A folder of drops. ``person`` says whom a row of a file is about."""

    def __init__(
        self,
        place: Place,
        layouts: Mapping[str, FileLayout],
        columns: Mapping[str, frozenset[str]],
        person: Callable[[str, Row], Iterable[str]],
        bounds: Bounds,
    ) -> None:
        """Know the files; nothing is read until asked for. Only ``columns`` are kept of each."""
        self._place = place
        self._layouts = layouts
        self._columns = columns
        self._person = person
        self._bounds = bounds
        self._kept = {name: _Kept() for name in layouts}

    async def read(self, name: str) -> Drop:
        """Give a file's rows, read again if it changed; SourceUnavailable or SourceBroken where there are none."""
        kept = self._kept[name]
        async with kept.busy:
            await self._look(name, kept)
            if kept.drop is None:
                raise kept.wrong or SourceUnavailable("missing-file", name)
            return kept.drop

    async def close(self) -> None:
        """Release the place's connections."""
        await self._place.close()

    async def _look(self, name: str, kept: _Kept) -> None:
        """Read the file again if it is another; a place that is out of reach leaves the last good one, stale."""
        try:
            found = await self._place.find(self._layouts[name].name)
        except SourceUnavailable as away:
            if kept.drop is None or away.code not in _OUT_OF_REACH:
                raise
            kept.drop, kept.found = replace(kept.drop, stale=True), None
            return
        if found != kept.found:
            await self._again(name, kept, found)

    async def _again(self, name: str, kept: _Kept, found: Found) -> None:
        try:
            content = await self._place.fetch(found, self._bounds.bytes)
            kept.drop = await asyncio.to_thread(self._load, name, found, content)
            kept.wrong = None
        except SourceError as wrong:
            kept.wrong = wrong
            kept.drop = replace(kept.drop, stale=True) if kept.drop else None
        # What was out of reach is tried again at the next question; what is wrong stays wrong until it changes.
        again = isinstance(kept.wrong, SourceUnavailable)
        kept.found = None if again else found

    def _load(self, name: str, found: Found, content: bytes) -> Drop:
        layout = self._layouts[name]
        table = Table(
            Path(found.name),
            layout.sheet,
            layout.header,
            layout.delimiter,
            layout.encoding,
            self._columns.get(name, frozenset()),
            layout.records,
        )
        expected = len(content) // (_ROW_BYTES if table.path.suffix.lower() in _TEXTS else _PACKED_ROW_BYTES)
        rows = Packed(read_table(table, self._bounds, content), lambda row: self._person(name, row), expected)
        # A clock ahead would keep an old drop fresh for years: it is as of now, when it was read, at the latest.
        as_of = min(datetime.fromtimestamp(found.modified / 1e9, UTC), datetime.now(UTC))
        return Drop(rows, as_of)

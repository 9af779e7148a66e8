"""Files: a folder where an agency drops CSV and XLSX files, kept in memory and never written.

A file is read again only when it has changed, away from the event loop, and replaced as a whole. A new file
that cannot be read is refused, by row and column and never by value: the last good one stays, marked stale.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.errors import SourceError, SourceUnavailable
from connectors.transports.tables import Bounds, Table, read_table

Row = Mapping[str, Any]


class FileLayout(BaseModel):
    """How one file is laid out. A ``*`` in the name means the newest file of that pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[^/\\]+\.(?i:csv|txt|xlsx|xlsm|xls|ods)$")
    sheet: str | None = None
    header: int = Field(default=1, ge=1, le=100)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """One file's rows as last read, by person; ``as_of`` is the file's time."""

    rows: tuple[Row, ...]
    by_person: Mapping[str, tuple[Row, ...]]
    as_of: datetime
    stale: bool = False


@dataclass(slots=True)
class _Kept:
    stamp: tuple[str, int, int] | None = None
    drop: Drop | None = None
    wrong: SourceError | None = None
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


class Folder:
    """A folder of drops. ``person`` says whom a row of a file is about."""

    def __init__(
        self,
        folder: Path,
        layouts: Mapping[str, FileLayout],
        columns: Mapping[str, frozenset[str]],
        person: Callable[[str, Row], Iterable[str]],
        bounds: Bounds,
    ) -> None:
        """Know the files; nothing is read until asked for. Only ``columns`` are kept of each."""
        self._folder = folder
        self._layouts = layouts
        self._columns = columns
        self._person = person
        self._bounds = bounds
        self._kept = {name: _Kept() for name in layouts}

    async def read(self, name: str) -> Drop:
        """Give a file's rows, read again if it changed; SourceUnavailable or SourceBroken where there are none."""
        kept = self._kept[name]
        async with kept.busy:
            path, stamp = await asyncio.to_thread(self._find, name)
            if stamp != kept.stamp:
                await self._again(name, path, stamp)
            if kept.drop is None:
                raise kept.wrong or SourceUnavailable("missing-file", name)
            return kept.drop

    async def _again(self, name: str, path: Path, stamp: tuple[str, int, int]) -> None:
        kept = self._kept[name]
        try:
            kept.drop = await asyncio.to_thread(self._load, name, path, stamp[1])
            kept.wrong = None
        except SourceError as wrong:
            kept.wrong = wrong
            kept.drop = replace(kept.drop, stale=True) if kept.drop else None
        kept.stamp = stamp

    def _find(self, name: str) -> tuple[Path, tuple[str, int, int]]:
        pattern = self._layouts[name].name
        try:
            if not self._folder.is_dir():
                raise SourceUnavailable("missing-folder")
            paths = list(self._folder.glob(pattern)) if "*" in pattern else [self._folder / pattern]
            stats = [(p.stat().st_mtime_ns, p.stat().st_size, p) for p in paths]
        except FileNotFoundError:
            raise SourceUnavailable("missing-file", pattern) from None
        except OSError as error:
            raise SourceUnavailable("unreadable-folder", type(error).__name__) from None
        if not stats:
            raise SourceUnavailable("missing-file", pattern)
        modified, size, path = max(stats)
        return path, (path.name, modified, size)

    def _load(self, name: str, path: Path, modified: int) -> Drop:
        layout = self._layouts[name]
        table = Table(
            path, layout.sheet, layout.header, layout.delimiter, layout.encoding, self._columns.get(name, frozenset())
        )
        rows = tuple(read_table(table, self._bounds))
        by_person: dict[str, list[Row]] = {}
        for row in rows:
            for person in self._person(name, row):
                by_person.setdefault(person, []).append(row)
        as_of = datetime.fromtimestamp(modified / 1e9, UTC)
        return Drop(rows, {person: tuple(listed) for person, listed in by_person.items()}, as_of)

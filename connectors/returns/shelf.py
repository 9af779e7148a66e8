"""The shelf: one folder's return as last read, kept in memory and read again only when a file changed.

A set of files that cannot be read is refused by place, never by value: the last good set stays, marked stale.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import Rejected
from connectors.errors import SourceError, SourceUnavailable
from connectors.mapping import Row
from connectors.returns.reading import Drops, Read, ReadDrops

ByPerson = Mapping[str, tuple[Row, ...]]
PersonOf = Callable[[str, Row], Iterable[str]]
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: a pattern its name holds (in any case), and whether the return is none without it."""

    pattern: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A return as last read; ``as_of`` is the time of its oldest file."""

    rows: Mapping[str, tuple[Row, ...]]
    by_person: Mapping[str, ByPerson]
    rejected: tuple[Rejected, ...]
    missing: frozenset[str]
    as_of: datetime
    stale: bool = False


class Shelf:
    """One folder's return."""

    def __init__(self, folder: Path, kinds: Mapping[str, Kind], read: ReadDrops, person_of: PersonOf) -> None:
        """Know the files; nothing is read until asked for."""
        self._folder = folder
        self._kinds = {name: (re.compile(kind.pattern, re.IGNORECASE), kind) for name, kind in kinds.items()}
        self._read = read
        self._person_of = person_of
        self._stamp: Stamp | None = None
        self._held: Held | None = None
        self._wrong: SourceError | None = None
        self._busy = asyncio.Lock()

    async def held(self) -> Held:
        """Give the return, read again if a file changed; SourceUnavailable or SourceBroken where there is none."""
        async with self._busy:
            drops, stamp = await asyncio.to_thread(self._find)
            if stamp != self._stamp:
                await self._again(drops, stamp)
            if self._held is None:
                raise self._wrong or SourceUnavailable("missing-file")
            return self._held

    def forget(self) -> None:
        """Let go of the rows."""
        self._stamp = self._held = self._wrong = None

    async def _again(self, drops: Drops, stamp: Stamp) -> None:
        oldest = min(modified for _, modified, _ in stamp)
        try:
            self._held = await asyncio.to_thread(self._load, drops, oldest)
            self._wrong = None
        except SourceError as wrong:
            self._wrong = wrong
            self._held = replace(self._held, stale=True) if self._held else None
        self._stamp = stamp

    def _load(self, drops: Drops, oldest: int) -> Held:
        read: Read = self._read(drops)
        by_person = {resource: self._sorted(resource, rows) for resource, rows in read.rows.items()}
        as_of = datetime.fromtimestamp(oldest / 1e9, UTC)
        return Held(read.rows, by_person, read.rejected, read.missing, as_of)

    def _sorted(self, resource: str, rows: Iterable[Row]) -> ByPerson:
        found: dict[str, list[Row]] = {}
        for row in rows:
            for person in self._person_of(resource, row):
                found.setdefault(person, []).append(row)
        return {person: tuple(listed) for person, listed in found.items()}

    def _find(self) -> tuple[Drops, Stamp]:
        try:
            if not self._folder.is_dir():
                raise SourceUnavailable("missing-folder")
            listed = [
                (p, p.stat()) for p in self._folder.iterdir() if p.is_file() and not p.name.startswith((".", "~"))
            ]
        except OSError as error:
            raise SourceUnavailable("unreadable-folder", type(error).__name__) from None
        listed.sort(key=lambda found: (-found[1].st_mtime_ns, found[0].name))
        drops = {n: tuple(p for p, _ in listed if r.search(p.name)) for n, (r, _) in self._kinds.items()}
        for name, (_, kind) in sorted(self._kinds.items()):
            if kind.required and not drops[name]:
                raise SourceUnavailable("missing-file", name)
        used = {path for paths in drops.values() for path in paths}
        return drops, tuple((p.name, s.st_mtime_ns, s.st_size) for p, s in listed if p in used)

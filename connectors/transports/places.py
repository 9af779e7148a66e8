"""Where an agency leaves its drops: a folder here, or one at an SFTP server. Found by name or pattern, read whole."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from connectors.errors import SourceBroken, SourceUnavailable


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it stands: another modification time or size makes it another."""

    name: str
    modified: int
    """In nanoseconds since 1970."""
    size: int


class Place(Protocol):
    """A folder of drops."""

    async def find(self, pattern: str) -> Found:
        """Give the file of that name, or the newest of that pattern; SourceUnavailable where there is none."""
        ...

    async def fetch(self, found: Found, most: int) -> bytes:
        """Give a file's content, in memory only; SourceBroken where it is larger than allowed."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


def newest(found: list[Found], pattern: str) -> Found:
    """Give the newest of several; SourceUnavailable where there is none."""
    if not found:
        raise SourceUnavailable("missing-file", pattern)
    return max(found, key=lambda f: (f.modified, f.name))


class OnDisk:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        """Know the folder; it may appear later."""
        self._folder = folder

    async def find(self, pattern: str) -> Found:
        """Look in the folder, away from the event loop."""
        return await asyncio.to_thread(self._find, pattern)

    async def fetch(self, found: Found, most: int) -> bytes:
        """Read the file, away from the event loop."""
        if found.size > most:
            raise SourceBroken("too-large", found.name)
        try:
            return await asyncio.to_thread((self._folder / found.name).read_bytes)
        except OSError as error:
            wrong = type(error).__name__
        raise SourceUnavailable("unreadable-file", f"{found.name}: {wrong}")

    async def close(self) -> None:
        """Release nothing."""

    def _find(self, pattern: str) -> Found:
        try:
            if not self._folder.is_dir():
                raise SourceUnavailable("missing-folder")
            paths = list(self._folder.glob(pattern)) if "*" in pattern else [self._folder / pattern]
            self._refuse_leading_out(paths)
            stats = [(path.name, path.stat()) for path in paths]
        except FileNotFoundError:
            raise SourceUnavailable("missing-file", pattern) from None
        except OSError as error:
            raise SourceUnavailable("unreadable-folder", type(error).__name__) from None
        return newest([Found(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats], pattern)

    def _refuse_leading_out(self, paths: list[Path]) -> None:
        """Refuse a link to outside the folder: whoever may leave a drop could have the hub read any file it can."""
        folder = self._folder.resolve()
        for path in paths:
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                raise SourceBroken("link-elsewhere", path.name)

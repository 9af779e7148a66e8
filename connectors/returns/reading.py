"""What reading one set of a return's files gives, and the settings every return has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Rejected
from connectors.errors import SourceBroken, SourceUnavailable
from connectors.mapping import Row


class ReturnConnection(BaseModel):
    """Where a return is dropped, and after how many days it is older than it should be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    transport: Literal["files"]
    folder: Path
    stale_after_days: float | None = Field(default=None, gt=0)
    max_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    max_rows: int = Field(default=1_000_000, ge=1)


@dataclass(frozen=True, slots=True)
class Read:
    """A return's rows by resource; ``missing`` are resources that could not be looked at, ``rejected`` says why."""

    rows: Mapping[str, tuple[Row, ...]]
    rejected: tuple[Rejected, ...] = ()
    missing: frozenset[str] = frozenset()


Drops = Mapping[str, tuple[Path, ...]]
"""The files found of each kind, the newest first."""

ReadDrops = Callable[[Drops], Read]
"""Reads one set of files; SourceBroken where it is not what it should be."""


def content_of(path: Path, most: int) -> bytes:
    """Read a file that is not too large; the refusal names the file."""
    try:
        if path.stat().st_size > most:
            raise SourceBroken("too-large", path.name)
        return path.read_bytes()
    except OSError as error:
        raise SourceUnavailable("unreadable-file", f"{path.name}: {type(error).__name__}") from None

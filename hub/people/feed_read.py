"""What reading a source's feed did, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.people.index_keys import IndexKeys
from hub.people.sealing import Sealer
from hub.people.weights import Weights
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class Refresh:
    """What reading a feed did: counts only."""

    source_id: str
    read: int = 0
    added: int = 0
    linked: int = 0
    changed: int = 0
    ended: int = 0
    unlinked: int = 0

    def plus(self, other: "Refresh") -> "Refresh":
        """Add another batch's counts."""
        return Refresh(
            self.source_id,
            self.read + other.read,
            self.added + other.added,
            self.linked + other.linked,
            self.changed + other.changed,
            self.ended + other.ended,
            self.unlinked + other.unlinked,
        )


@dataclass(frozen=True, slots=True)
class Tools:
    """What reading a feed needs."""

    database: Database
    sealer: Sealer
    keys: IndexKeys
    weights: Weights
    clock: Callable[[], datetime]

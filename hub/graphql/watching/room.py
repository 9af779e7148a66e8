"""What every watch of a replica shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.admitting.places import Places as Door
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.graphql.asking import Asking
from hub.graphql.watching.bounds import Bounds
from hub.graphql.watching.farewells import Farewells
from hub.graphql.watching.pace import Pace
from hub.graphql.watching.places import Places


class WatchObserver(Protocol):
    """Is told of watches, in codes."""

    def watch_looked(self) -> None:
        """Count a look."""
        ...

    def watch_ended(self, request_id: str, how: str) -> None:
        """Count that one ended, and how."""
        ...

    def internal(self, request_id: str, error: BaseException) -> None:
        """Say that something nobody foresaw happened, without values."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """The rooms a watch enters; ``step`` is of the grid on which events leave, in seconds."""

    asking: Asking
    ledger: Ledger
    pseudonyms: Pseudonyms
    observer: WatchObserver
    places: Places
    door: Door
    """The places of whoever asks: each look takes one, in its turn."""
    farewells: Farewells
    pace: Pace
    bounds: Bounds
    clock: Callable[[], datetime]
    step: float

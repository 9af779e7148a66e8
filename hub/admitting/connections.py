"""The connections of one process: where there are as many as it holds, whoever has most gives one up to the next.

A connection on which nothing whole was asked goes first, the oldest of them; then, for another address, a socket and
at last one that is being answered. Of one's own address nothing is cut that is used: behind a proxy all are one, the
proxy's, which bounds its own clients.
"""

from enum import Enum
from typing import Final, Protocol

MOST: Final = 960
"""Connections held: fewer than those at which the HTTP server itself refuses everybody, health too."""


class State(Enum):
    """What goes on, on a connection."""

    SILENT = 0
    """Nothing whole was asked, or all that was is answered."""
    SOCKET = 1
    """It became a socket."""
    ASKED = 2
    """Somebody waits for an answer."""


class Held(Protocol):
    """A connection."""

    @property
    def address(self) -> str:
        """Whose it is."""
        ...

    @property
    def state(self) -> State:
        """What goes on there."""
        ...

    def cut(self) -> None:
        """Cut it, without a word."""
        ...


class Connections:
    """Counts connections by address. One for each server."""

    def __init__(self, most: int = MOST) -> None:
        """Hold so many."""
        self._most = most
        self._held: dict[str, dict[Held, None]] = {}
        self._all = 0

    def opened(self, one: Held) -> None:
        """Count one; where there are too many, cut one of whoever has most."""
        self._held.setdefault(one.address, {})[one] = None
        self._all += 1
        if self._all > self._most:
            found = self._giving_way(one)
            self.closed(found)
            found.cut()

    def closed(self, one: Held) -> None:
        """Forget one, if it was counted still."""
        theirs = self._held.get(one.address)
        if theirs is None or one not in theirs:
            return
        del theirs[one]
        self._all -= 1
        if not theirs:
            del self._held[one.address]

    def _giving_way(self, newest: Held) -> Held:
        most = max(self._held.values(), key=len)
        silent = next((one for one in most if one.state is State.SILENT), None)
        if newest in most or silent is not None:
            return silent or newest
        socket = next((one for one in most if one.state is State.SOCKET), None)
        return socket or next(reversed(most))

"""Who stands at the door, as far as can be told before anything is read: places are shared out among askers.

Whoever was named by what they show is that person or system ever after, however many sessions and tokens they have.
Everybody else is the address they come from, so that no share is had by showing invented credentials. Only keyed
digests of what was shown are kept.
"""

import re
import secrets
from collections import OrderedDict, deque
from hashlib import blake2b
from typing import Final, NamedTuple

from starlette.requests import HTTPConnection
from starlette.types import Scope

from hub.identity.named import named
from hub.identity.proxies import Proxies

MOST: Final = 4_096
"""Credentials remembered; the one not seen for longest goes first."""
OF_ONE: Final = 16
"""Credentials remembered of one person or system, so that nobody makes those of others be forgotten."""

_SESSION: Final = re.compile(rb"(?:^|; ?)(?:__Host-)?hub-session=([^;]+)")
_REFUSED: Final = 300
"""The status from which an answer to a credential that named nobody says that it is not good, or no longer."""


class Asker(NamedTuple):
    """One asker: a person or system that was named, or a stranger's address."""

    who: str
    named: bool


class Arrived(NamedTuple):
    """Whoever came, and the digest of what they show, if anything."""

    asker: Asker
    shown: bytes | None


class Askers:
    """Tells askers apart. One for the whole application."""

    def __init__(self, proxies: Proxies) -> None:
        """Take the proxies that say where people come from."""
        self._proxies = proxies
        self._key = secrets.token_bytes(32)
        self._named: OrderedDict[bytes, str] = OrderedDict()
        self._of: dict[str, deque[bytes]] = {}

    def arrived(self, scope: Scope) -> Arrived:
        """Give whoever a request seems to be from."""
        shown = self._shown(scope)
        who = self._named.get(shown) if shown else None
        if shown is not None and who is not None:
            self._named.move_to_end(shown)
            return Arrived(Asker(who, named=True), shown)
        return Arrived(Asker(self._proxies.subscriber(HTTPConnection(scope)), named=False), shown)

    def answered(self, arrived: Arrived, scope: Scope, status: int) -> None:
        """Learn from an answer whom a credential names, or that it is not good."""
        if arrived.shown is None:
            return
        who = named(scope)
        if who is not None:
            self._learn(arrived.shown, who)
        elif status >= _REFUSED:
            self._forget(arrived.shown)

    def _shown(self, scope: Scope) -> bytes | None:
        cookie = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                return blake2b(value, key=self._key, digest_size=16).digest()
            if name == b"cookie" and (found := _SESSION.search(value)) is not None:
                cookie = found.group(1)
        return None if cookie is None else blake2b(cookie, key=self._key, digest_size=16).digest()

    def _learn(self, shown: bytes, who: str) -> None:
        if self._named.get(shown) == who:
            return
        self._forget(shown)
        self._named[shown] = who
        mine = self._of.setdefault(who, deque())
        mine.append(shown)
        if len(mine) > OF_ONE:
            self._forget(mine[0])
        if len(self._named) > MOST:
            self._forget(next(iter(self._named)))

    def _forget(self, shown: bytes) -> None:
        who = self._named.pop(shown, None)
        if who is not None:
            mine = self._of[who]
            mine.remove(shown)
            if not mine:
                del self._of[who]

"""Sealing: AES-256-GCM under a data key of each row's own, itself sealed under the key-encryption key.

The row's table, id, version and column are authenticated with every value, so that a value moved to another
row or column, or put back from an earlier version, does not open. Whoever rewrites a whole row with all of an
earlier version's columns is not noticed here.
"""

import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEK_VERSION = b"\x01"
OPENED = 16_384
"""How many rows' data keys are kept open in memory, so that a busy person's are opened once."""
_NONCE = 12
_KEY = 32


class Tampered(Exception):
    """Alarm: something sealed does not open, so somebody changed it. Names the table and column only."""

    def __init__(self, table: str, column: str) -> None:
        """Keep the place, never the value or the row."""
        super().__init__(f"{table}.{column} does not open")
        self.table = table
        self.column = column


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs."""

    table: str
    row: str
    version: int

    def bound(self, column: str) -> bytes:
        """Give what is authenticated with a value in this column."""
        return f"{self.table}\x1f{self.row}\x1f{self.version}\x1f{column}".encode()


@dataclass(frozen=True, slots=True)
class RowKey:
    """One row's data key; ``wrapped`` is what the row keeps of it."""

    place: Place
    wrapped: bytes
    _key: AESGCM

    def seal(self, column: str, plain: bytes) -> bytes:
        """Seal a value for its column."""
        nonce = os.urandom(_NONCE)
        return nonce + self._key.encrypt(nonce, plain, self.place.bound(column))

    def open(self, column: str, sealed: bytes) -> bytes:
        """Open a value; Tampered when it is not what was sealed here."""
        return _open(self._key, sealed, self.place, column)


class Sealer:
    """Makes and opens rows' data keys with the key-encryption key."""

    def __init__(self, kek: bytes) -> None:
        """Keep the key-encryption key, 32 bytes."""
        self._kek = AESGCM(kek)
        self._opened = lru_cache(maxsize=OPENED)(self._open_key)

    def fresh(self, place: Place) -> RowKey:
        """Make a new data key for a row at a version."""
        key, nonce = os.urandom(_KEY), os.urandom(_NONCE)
        wrapped = KEK_VERSION + nonce + self._kek.encrypt(nonce, key, KEK_VERSION + place.bound("key"))
        return RowKey(place, wrapped, AESGCM(key))

    def unwrap(self, place: Place, wrapped: bytes) -> RowKey:
        """Open a row's data key; Tampered when it is not this row's at this version."""
        return RowKey(place, wrapped, self._opened(place, wrapped))

    def _open_key(self, place: Place, wrapped: bytes) -> AESGCM:
        if wrapped[:1] != KEK_VERSION:
            raise Tampered(place.table, "key")
        return AESGCM(_open(self._kek, wrapped[1:], place, "key", KEK_VERSION))


def _open(key: AESGCM, sealed: bytes, place: Place, column: str, prefix: bytes = b"") -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], prefix + place.bound(column))
    except (InvalidTag, ValueError):
        raise Tampered(place.table, column) from None

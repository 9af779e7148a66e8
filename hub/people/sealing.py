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

from hub.keys import KeyVersions

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

    def __init__(self, kek: bytes | KeyVersions) -> None:
        """Keep the key-encryption key, 32 bytes, or its versions: new rows are sealed under the newest."""
        self._keys = KeyVersions("kek", {1: kek}) if isinstance(kek, bytes) else kek
        self._keks: dict[int, AESGCM] = {}
        self._opened = lru_cache(maxsize=OPENED)(self._open_key)

    def fresh(self, place: Place) -> RowKey:
        """Make a new data key for a row at a version."""
        key = os.urandom(_KEY)
        return RowKey(place, self._wrapped(place, key, self._keys.newest), AESGCM(key))

    def rewrap(self, place: Place, wrapped: bytes, version: int) -> bytes:
        """Seal a row's data key again, under another version; what lies under the data key stays as it is."""
        return self._wrapped(place, self._unwrapped(place, wrapped), version)

    def _wrapped(self, place: Place, key: bytes, version: int) -> bytes:
        kek = self._kek(version)
        assert kek is not None  # noqa: S101 -- whoever names a version holds it
        number, nonce = bytes([version]), os.urandom(_NONCE)
        return number + nonce + kek.encrypt(nonce, key, number + place.bound("key"))

    def unwrap(self, place: Place, wrapped: bytes) -> RowKey:
        """Open a row's data key; Tampered when it is not this row's at this version."""
        return RowKey(place, wrapped, self._opened(place, wrapped))

    def _open_key(self, place: Place, wrapped: bytes) -> AESGCM:
        return AESGCM(self._unwrapped(place, wrapped))

    def _unwrapped(self, place: Place, wrapped: bytes) -> bytes:
        kek = self._kek(wrapped[0]) if wrapped else None
        if kek is None:
            raise Tampered(place.table, "key")
        return _open(kek, wrapped[1:], place, "key", wrapped[:1])

    def _kek(self, version: int) -> AESGCM | None:
        if version not in self._keks and (key := self._keys.get(version)):
            self._keks[version] = AESGCM(key)
        return self._keks.get(version)


def _open(key: AESGCM, sealed: bytes, place: Place, column: str, prefix: bytes = b"") -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], prefix + place.bound(column))
    except (InvalidTag, ValueError):
        raise Tampered(place.table, column) from None

"""Hashing: what lets the index find a value without holding it.

A keyed hash hides values from a stolen database, not from someone who holds the index key, and equal values
have equal hashes. Keys have a version, so that a new key can be filled in beside the old.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from hub.people.keys import Key

VERSION = 1


class Hasher:
    """Hashes blocking keys and local ids under one version of the index key."""

    def __init__(self, key: bytes, version: int = VERSION) -> None:
        """Keep the index key, 32 bytes, and its version."""
        self._keyed = HMAC(key, SHA256())
        self.version = version

    def hash(self, key: Key) -> int:
        """Give a blocking key's 64-bit signed hash (HMAC-SHA-256, cut)."""
        return int.from_bytes(self._digest(key.kind, key.value)[:8], "big", signed=True)

    def local(self, source_id: str, local_id: str) -> str:
        """Give the hash that stands for a source's local id: 128 bits in hexadecimal."""
        return self._digest("local", f"{source_id}\x1f{local_id}")[:16].hex()

    def _digest(self, kind: str, value: str) -> bytes:
        # A copy of what the key alone makes: half of Python's own time, and never waits for another thread's turn.
        keyed = self._keyed.copy()
        keyed.update(f"{self.version}\x1f{kind}\x1f{value}".encode())
        return keyed.finalize()


class Hashed(NamedTuple):
    """What a hash is of: a blocking key, and the version of the index key it was hashed under."""

    key: Key
    version: int


class Hashers:
    """The versions of the index key that are in use: what is written is written under each, and looked for by each."""

    def __init__(self, live: Sequence[Hasher]) -> None:
        """Keep the versions, the oldest first; there is one at least."""
        self.live = tuple(live)

    def hashes(self, keys: Iterable[Key]) -> dict[int, Hashed]:
        """Give several keys by their hashes, under every version."""
        return {hasher.hash(key): Hashed(key, hasher.version) for key in keys for hasher in self.live}

    def local(self, source_id: str, local_id: str) -> str:
        """Give the hash a local id is to be written with: the newest version's."""
        return self.live[-1].local(source_id, local_id)

    def locals(self, source_id: str, local_id: str) -> tuple[str, ...]:
        """Give every hash a local id may be found by."""
        return tuple(hasher.local(source_id, local_id) for hasher in self.live)

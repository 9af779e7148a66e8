"""What is compiled once and kept for the next request: bound in number for the whole process, oldest use out first.

Nothing that could be about a person may be a key or a value here. Keys are keyed digests and members of closed lists.
"""

import secrets
from collections import OrderedDict
from collections.abc import Hashable
from hashlib import blake2b
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A bounded number of values; the least lately used is forgotten first."""

    def __init__(self, most: int) -> None:
        """Keep at most so many."""
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Give what is kept under a key, and count it as used."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value, and forget one if there are now too many."""
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class Fingerprints:
    """Digests of texts under a key drawn at start and never written: a text cannot be guessed back from one."""

    def __init__(self) -> None:
        """Draw the key."""
        self._key = secrets.token_bytes(32)

    def of(self, text: str) -> bytes:
        """Give the digest of a text."""
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32).digest()

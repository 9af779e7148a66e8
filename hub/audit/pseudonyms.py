"""Pseudonyms: keyed names for people in the ledger, so that it can be searched by those who hold the key alone.

HMAC-SHA-256 under the ``audit`` key, cut to 128 bits; each sort of name has its own domain, so that a worker and a
child with the same id never look alike.
"""

from typing import NewType

from hub.keyed import KeyedHash
from hub.keys import Keyring

Pseudonym = NewType("Pseudonym", str)
"""Thirty-two hexadecimal digits that stand for somebody or something."""

BYTES = 16


class Pseudonyms:
    """Makes the ledger's pseudonyms."""

    def __init__(self, keyring: Keyring) -> None:
        """Take the key kept for this alone."""
        self._keyed = KeyedHash(keyring.audit)

    def subject(self, person_id: str) -> Pseudonym:
        """Give the name of a person asked about, from the hub's id for them."""
        return self._name(b"subject", person_id)

    def actor(self, user_id: str) -> Pseudonym:
        """Give the name of a person or system that asks, from the identity provider's id for them."""
        return self._name(b"actor", user_id)

    def abroad(self, user_id: str) -> Pseudonym:
        """Give the name of a user as another authority's hub is told it: another than the ledger's own."""
        return self._name(b"abroad", user_id)

    def reference(self, reference: str) -> Pseudonym:
        """Give the name of a referral or case reference."""
        return self._name(b"reference", reference)

    def _name(self, domain: bytes, value: str) -> Pseudonym:
        return Pseudonym(self._keyed.digest(domain + b"\x00" + value.encode())[:BYTES].hex())

"""A client's secret: made by the hub from 256 random bits, shown once, kept as a keyed hash.

Nobody chooses it, so it cannot be guessed from a dictionary and needs no slow hash; the key of the hash is outside
the database, so that a stolen database holds nothing to try guesses against.
"""

import hmac
import secrets

PREFIX = "hubsecret_"
"""So that whoever finds one in a file or a log knows what was lost."""

BYTES = 32


def new_secret() -> str:
    """Make a secret."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def hashed(pepper: bytes, client_id: str, secret: str) -> str:
    """Hash a client's secret, each client's in its own way."""
    return hmac.digest(pepper, f"{client_id}\x00{secret}".encode(), "sha256").hex()


def matches(pepper: bytes, client_id: str, secret: str, hashes: tuple[str, ...]) -> bool:
    """Say whether a secret is one of those hashed; as much work whether there are any or not."""
    given = hashed(pepper, client_id, secret)
    found = [hmac.compare_digest(given, known) for known in (*hashes, "0" * len(given))]
    return any(found)

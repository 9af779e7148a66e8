"""Keyed hashes: what is kept ready of a key changes nothing of what comes out."""

import hmac
import secrets

import pytest

from hub.keyed import KeyedHash


@pytest.mark.parametrize("size", [0, 1, 32, 63, 64, 65, 200])
def test_it_is_hmac_sha_256(size: int) -> None:
    """Of keys shorter and longer than a block, and messages of every length, the same as the library's; twice too."""
    key = secrets.token_bytes(size)
    keyed = KeyedHash(key)
    for length in (0, 1, 55, 64, 65, 3_000):
        message = secrets.token_bytes(length)
        assert keyed.digest(message) == hmac.digest(key, message, "sha256") == keyed.digest(message)


def test_it_prints_nothing_of_its_key() -> None:
    """A repr may end up in a log."""
    assert repr(KeyedHash(b"secret")) == "KeyedHash()"

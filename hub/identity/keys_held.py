"""Public keys that tokens are checked with, by their id; where they come from is each holder's own affair."""

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import orjson
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from hub.identity.strictly import read_object

ALGORITHMS: Final = ("ES256", "PS256", "RS256", "EdDSA", "Ed25519")
"""Asymmetric signatures only: no ``none``, nothing a shared secret could forge."""

WEAKEST_RSA: Final = 2048
"""Bits (NIST SP 800-131A)."""

MOST: Final = 64
"""Keys of one issuer."""

_CURVES: Final[Mapping[str, str]] = {"ES256": "P-256", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}
_FAMILIES: Final[Mapping[str, type]] = {
    "ES256": ECKey,
    "PS256": RSAKey,
    "RS256": RSAKey,
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}
_BAD: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError)


class Keys(Protocol):
    """Gives public keys by their id."""

    async def key(self, kid: str) -> Key | None:
        """Give the key of an id, or none."""
        ...


class HeldKeys:
    """Keys that never change while the hub runs: those of a file."""

    def __init__(self, keys: Iterable[Key]) -> None:
        """Take the keys."""
        self._by = by_id(keys)

    async def key(self, kid: str) -> Key | None:
        """Give the key of an id, or none."""
        return self._by.get(kid)


def by_id(keys: Iterable[Key]) -> dict[str, Key]:
    """Sort keys by their ids; of two with one id the first counts."""
    found: dict[str, Key] = {}
    for key in keys:
        key.ensure_kid()
        found.setdefault(key.kid or "", key)
    return found


def fits(key: Key, algorithm: str) -> bool:
    """Say whether a key may be used with an algorithm: of its family and curve, strong enough, and meant for it."""
    family = _FAMILIES.get(algorithm)
    if family is None or not isinstance(key, family) or key.get("use", "sig") != "sig":
        return False
    if key.get("alg") not in {None, algorithm, *({"EdDSA", "Ed25519"} if isinstance(key, OKPKey) else ())}:
        return False
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= WEAKEST_RSA
    return key.get("crv") == _CURVES[algorithm]


def read_key_set(text: bytes) -> dict[str, Key]:
    """Read what an issuer publishes: its keys for checking signatures; ValueError where it is no key set.

    A key of a sort that is not used here is passed over (RFC 7517 section 5). One private or shared key spoils the
    set: whoever publishes that has lost it.
    """
    listed = read_object(text).get("keys")
    if not isinstance(listed, list) or len(listed) > MOST or not all(isinstance(one, dict) for one in listed):
        raise ValueError("not a JSON Web Key Set")
    if any({"d", "k"} & one.keys() for one in listed):
        raise ValueError("a key that is not public")
    return by_id(key for one in listed if (key := _read(one)) is not None and any(fits(key, a) for a in ALGORITHMS))


def _read(one: dict[str, Any]) -> Key | None:
    family: Any = {"EC": ECKey, "RSA": RSAKey, "OKP": OKPKey}.get(str(one.get("kty")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # a key the library calls weak is none
            key: Key | None = family.import_key(one) if family else None
    except (SecurityWarning, *_BAD):
        return None
    return key


def read_public_keys(path: Path) -> KeySet:
    """Read a JWKS file of public keys; ValueError when it is not one or holds a private key."""
    try:
        keys = KeySet.import_key_set(orjson.loads(path.read_bytes()))
    except (OSError, *_BAD):
        raise ValueError(f"{path.name} is not a JSON Web Key Set") from None
    if any(key.is_private for key in keys.keys):
        raise ValueError(f"{path.name} holds a private key; give public keys only")
    return keys

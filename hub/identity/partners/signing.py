"""The keys the hub signs partners' tokens with, and the one that hashes their secrets: files beside the other keys.

``secrets.key`` is 32 random bytes. ``signing-0001.json`` and so on are private ECDSA keys: the newest signs once it
is SETTLED old, so that every replica has it before the first token signed with it comes by; those kept beside it are
still believed.
"""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key

from hub.keys import KeysError

FOLDER = "partners"
SECRETS = "secrets.key"
BYTES = 32
SETTLED = 60.0
"""Seconds a new key is published before it signs."""

LOOKED = 2.0
"""Seconds between two looks into the folder."""

KEPT = 2
"""Signing keys: the newest and the one before, whose tokens may still be about."""


@dataclass(frozen=True, slots=True)
class _Signing:
    made: float
    key: ECKey = field(repr=False)


def make_keys(folder: Path, now: float) -> str:
    """Make one more signing key, and the key of secrets where there is none; give the new one's id.

    All but the newest two are taken away: nothing they signed is still valid.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / SECRETS).exists():
        _write(folder / SECRETS, secrets.token_hex(BYTES).encode())
    there = _files(folder)
    number = int(there[-1].stem.partition("-")[2]) + 1 if there else 1
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    text = orjson.dumps({"made": int(now), "key": key.as_dict(private=True)})
    _write(folder / f"signing-{number:04}.json", text)
    for old in _files(folder)[:-KEPT]:
        old.unlink()
    return str(key.kid)


def _write(path: Path, text: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    draft.rename(path)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("signing-[0-9][0-9][0-9][0-9].json"))


class PartnerKeys:
    """The keys as they are in the folder now."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Read the folder; KeysError where a file in it is not what it should be."""
        self._folder = folder
        self._clock = clock
        self._looked = clock()
        self._keys = _read(folder)
        self.pepper = _pepper(folder / SECRETS)

    async def key(self, kid: str) -> Key | None:
        """Give the public key of an id, or none; one made meanwhile is found."""
        return self._held(kid) or (self._held(kid) if self._look() else None)

    def _held(self, kid: str) -> Key | None:
        return next((_public(one.key) for one in self._keys if one.key.kid == kid), None)

    @property
    def signer(self) -> ECKey:
        """Give the key to sign with now."""
        self._look()
        settled = [one for one in self._keys if self._clock() - one.made >= SETTLED]
        return (settled or self._keys[:1])[-1].key

    @property
    def published(self) -> list[Mapping[str, Any]]:
        """Give the public keys as a JSON Web Key Set lists them."""
        self._look()
        return [one.key.as_dict(private=False) for one in self._keys]

    def _look(self) -> bool:
        """Look into the folder again, not too often; say whether that was done."""
        now = self._clock()
        if now - self._looked < LOOKED:
            return False
        self._looked = now
        try:
            self._keys = _read(self._folder)
        except KeysError:
            return False  # those read before still count
        return True


def _public(key: ECKey) -> Key:
    known = _PUBLIC.get(str(key.kid))
    if known is None:
        known = _PUBLIC[str(key.kid)] = ECKey.import_key(key.as_dict(private=False))
    return known


_PUBLIC: dict[str, Key] = {}
"""Public keys by id, so that a token already checked is known by the very key it was checked with."""


def _read(folder: Path) -> list[_Signing]:
    found = [_signing(path) for path in _files(folder)]
    if not found:
        raise KeysError(f"{folder} holds no signing key: make one with `hub clients key --rotate`")
    return found


def _signing(path: Path) -> _Signing:
    try:
        read = orjson.loads(path.read_bytes())
        key = ECKey.import_key(read["key"])
        made = float(read["made"])
    except (OSError, ValueError, TypeError, KeyError, JoseError):
        raise KeysError(f"{path.name} is not a signing key") from None
    if not key.is_private or key.get("crv") != "P-256":
        raise KeysError(f"{path.name} is not a private P-256 key")
    key.ensure_kid()
    return _Signing(made, key)


def _pepper(path: Path) -> bytes:
    try:
        value = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        value = b""
    if len(value) != BYTES:
        raise KeysError(f"{path.name} is missing or is not {BYTES} bytes in hexadecimal")
    return value

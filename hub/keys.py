"""Keys: read from files outside the database, one folder, one file a key, readable by the owner only.

``kek`` wraps the data keys that seal demographics; ``index`` hashes identifiers and blocking keys; ``audit``
makes the ledger's pseudonyms; ``ledger`` (Ed25519) signs checkpoints. The first three are 32 random bytes each;
they are kept apart because whoever holds one must not thereby hold another.
"""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SYMMETRIC = ("kek", "index", "audit")
SIGNING = "ledger"
BYTES = 32


class KeysError(Exception):
    """A key is missing or malformed: the hub stays sealed. The message names the file, never the key."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The hub's keys; nothing of them is ever printed."""

    kek: bytes = field(repr=False)
    index: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    ledger: Ed25519PrivateKey = field(repr=False)


def create_keys(folder: Path) -> None:
    """Make whatever keys are missing in the folder; never replaces one that is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (*SYMMETRIC, SIGNING):
        try:
            handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(BYTES))


def read_keys(folder: Path) -> Keyring:
    """Read every key; KeysError lists all that are missing or malformed."""
    found: dict[str, bytes] = {}
    wrong: list[str] = []
    for name in (*SYMMETRIC, SIGNING):
        path = folder / f"{name}.key"
        try:
            value = bytes.fromhex(path.read_text("ascii").strip())
        except (OSError, ValueError):
            wrong.append(f"{path.name} is missing or is not hexadecimal")
            continue
        if len(value) != BYTES:
            wrong.append(f"{path.name} must be {BYTES} bytes in hexadecimal")
        found[name] = value
    if wrong:
        raise KeysError(f"keys in {folder}: " + "; ".join(wrong))
    return Keyring(found["kek"], found["index"], found["audit"], Ed25519PrivateKey.from_private_bytes(found[SIGNING]))

"""Keys: read from files outside the database, one folder, one file a key, readable by the owner only.

``kek`` wraps the data keys that seal demographics; ``index`` hashes identifiers and blocking keys; ``audit``
makes the ledger's pseudonyms; ``ledger`` (Ed25519) signs checkpoints. The first three are 32 random bytes each;
they are kept apart because whoever holds one must not thereby hold another.

``kek`` and ``index`` have versions: ``kek.key`` is the first, ``kek-2.key`` the second, and so on.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SYMMETRIC = ("kek", "index", "audit")
SIGNING = "ledger"
BYTES = 32
VERSIONED = ("kek", "index")
_NUMBERED = re.compile(r"(kek|index)(?:-([2-9]|[1-9][0-9]{1,2}))?\.key")


class KeysError(Exception):
    """A key is missing or malformed: the hub stays sealed. The message names the file, never the key."""


class KeyVersions:
    """The versions of one key; one that is not held is looked for in the folder: it may be new there."""

    def __init__(self, name: str, held: Mapping[int, bytes], folder: Path | None = None) -> None:
        """Keep the versions there are; ``folder`` is where others would be."""
        self.name = name
        self._held = dict(held)
        self._folder = folder

    @property
    def newest(self) -> int:
        """Give the number of the newest version held."""
        return max(self._held)

    def get(self, version: int) -> bytes | None:
        """Give a version; none where there is no such key, nor one that can be read."""
        if version not in self._held and self._folder is not None:
            found, _ = _numbered(self._folder)
            self._held |= {number: key for (name, number), key in found.items() if name == self.name}
        return self._held.get(version)

    def __repr__(self) -> str:
        """Print nothing of a key."""
        return f"KeyVersions({self.name})"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The hub's keys; nothing of them is ever printed. ``kek`` and ``index`` are the newest of their versions."""

    kek: bytes = field(repr=False)
    index: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    ledger: Ed25519PrivateKey = field(repr=False)
    numbered: Mapping[str, KeyVersions] = field(default_factory=dict, repr=False)

    def versions(self, name: str) -> KeyVersions:
        """Give every version of ``kek`` or of ``index``."""
        return self.numbered.get(name) or KeyVersions(name, {1: self.kek if name == "kek" else self.index})


def create_keys(folder: Path) -> None:
    """Make whatever keys are missing in the folder; never replaces one that is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = {name for name, _ in _numbered(folder)[0]}
    for name in (*SYMMETRIC, SIGNING):
        if name not in held:
            _make(folder / f"{name}.key")


def create_next(folder: Path, name: str) -> int:
    """Make the next version of a key, and give its number; FileExistsError where somebody just made it."""
    version = max((n for at, n in _numbered(folder)[0] if at == name), default=0) + 1
    _make(folder / file_of(name, version), again=True)
    return version


def file_of(name: str, version: int) -> str:
    """Give the name of the file a version of a key is in."""
    return f"{name}.key" if version == 1 else f"{name}-{version}.key"


def _make(path: Path, *, again: bool = False) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if again:
            raise
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(BYTES))


def read_keys(folder: Path) -> Keyring:
    """Read every key; KeysError lists all that are missing or malformed."""
    numbered, wrong = _numbered(folder)
    held = {name: {n: key for (at, n), key in numbered.items() if at == name} for name in VERSIONED}
    found: dict[str, bytes] = {}
    for name in (*SYMMETRIC, SIGNING):
        if name in VERSIONED and held[name]:
            found[name] = held[name][max(held[name])]
        elif f"{name}.key" not in wrong:
            key = _read(folder / f"{name}.key")
            if isinstance(key, bytes):
                found[name] = key
            else:
                wrong[f"{name}.key"] = key
    if wrong:
        raise KeysError(f"keys in {folder}: " + "; ".join(wrong.values()))
    signing = Ed25519PrivateKey.from_private_bytes(found[SIGNING])
    versions = {name: KeyVersions(name, held[name], folder) for name in VERSIONED}
    return Keyring(found["kek"], found["index"], found["audit"], signing, versions)


def _numbered(folder: Path) -> tuple[dict[tuple[str, int], bytes], dict[str, str]]:
    """Give every version of the keys that have versions, and by file what is wrong with the others."""
    found: dict[tuple[str, int], bytes] = {}
    wrong: dict[str, str] = {}
    for path in sorted(folder.glob("*.key")):
        if named := _NUMBERED.fullmatch(path.name):
            key = _read(path)
            if isinstance(key, bytes):
                found[named[1], int(named[2] or 1)] = key
            else:
                wrong[path.name] = key
    return found, wrong


def _read(path: Path) -> bytes | str:
    """Give a key, or what is wrong with its file."""
    try:
        value = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        return f"{path.name} is missing or is not hexadecimal"
    return value if len(value) == BYTES else f"{path.name} must be {BYTES} bytes in hexadecimal"

"""Checkpoints: a tree head as a signed note (C2SP tlog-checkpoint and signed-note), signed with Ed25519.

The text is origin, size and base64 root, a line each; after an empty line comes ``— origin signature``, where
the signature is base64 of a four-byte key id and the Ed25519 signature over the text with its last line end.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.merkle import HASH
from hub.audit.notes import ED25519, NoteRefused, Signature, decoded, insist_on_ed25519, key_id, read

__all__ = [
    "Checkpoint",
    "NoteRefused",
    "key_id",
    "read_checkpoint",
    "read_note",
    "read_verifier_key",
    "sign",
    "sign_text",
    "verifier_key",
]

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_HEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def verifier_key(name: str, public: Ed25519PublicKey, kind: bytes = ED25519) -> str:
    """Give the public key as signed-note tools take it: ``name+id+base64``."""
    encoded = b64encode(kind + public.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, public, kind).hex()}+{encoded}"


def read_verifier_key(text: str, kind: bytes = ED25519) -> Ed25519PublicKey:
    """Read a public key written by ``verifier_key``; NoteRefused when it is not one."""
    return read_named_key(text, kind)[1]


def read_named_key(text: str, kind: bytes = ED25519) -> tuple[str, Ed25519PublicKey]:
    """Read whose key it is, and the key."""
    try:
        name, identity, encoded = text.strip().split("+", 2)
        found, raw = (content := b64decode(encoded, validate=True))[:1], content[1:]
        public = Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise NoteRefused("not a verifier key") from None
    if found != kind or identity != key_id(name, public, kind).hex():
        raise NoteRefused("not a verifier key")
    return name, public


def sign_text(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Sign a note's text under a name."""
    signature = Signature(name, key_id(name, key.public_key()), key.sign(text.encode()))
    return f"{text}\n{signature.line}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint under its own origin."""
    return sign_text(checkpoint.text, checkpoint.origin, key)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the tree head in a note's text; lines after the third are a log's own and say nothing of the tree."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _HEAD or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise NoteRefused("not a checkpoint")
    root = decoded(lines[2])
    if len(root) != HASH:
        raise NoteRefused("not a checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def read_note(note: str, public: Ed25519PublicKey) -> Checkpoint:
    """Read a checkpoint that the key signed under the checkpoint's own origin; NoteRefused for any other.

    Signatures of others beside it, as witnesses leave them, are passed over.
    """
    found = read(note)
    checkpoint = read_checkpoint(found.text)
    insist_on_ed25519(found, checkpoint.origin, public)
    return checkpoint

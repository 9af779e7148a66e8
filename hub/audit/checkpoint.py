"""Checkpoints: a tree head as a signed note (C2SP tlog-checkpoint and signed-note), signed with Ed25519.

The text is origin, size and base64 root, a line each; after an empty line comes ``— origin signature``, where
the signature is base64 of a four-byte key id and the Ed25519 signature over the text with its last line end.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.merkle import HASH

ED25519 = b"\x01"
DASH = "\N{EM DASH}"
KEY_ID = 4


class NoteRefused(ValueError):
    """Alarm: a note is malformed or not signed with the key given."""


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


def key_id(name: str, public: Ed25519PublicKey) -> bytes:
    """Give the four bytes that tell which key of that name signed."""
    return sha256(name.encode() + b"\n" + ED25519 + public.public_bytes_raw()).digest()[:KEY_ID]


def verifier_key(name: str, public: Ed25519PublicKey) -> str:
    """Give the public key as signed-note tools take it: ``name+id+base64``."""
    encoded = b64encode(ED25519 + public.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, public).hex()}+{encoded}"


def read_verifier_key(text: str) -> Ed25519PublicKey:
    """Read a public key written by ``verifier_key``; NoteRefused when it is not one."""
    try:
        name, identity, encoded = text.strip().split("+", 2)
        kind, raw = (content := b64decode(encoded, validate=True))[:1], content[1:]
        public = Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise NoteRefused("not a verifier key") from None
    if kind != ED25519 or identity != key_id(name, public).hex():
        raise NoteRefused("not a verifier key")
    return public


def sign_text(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Sign a note's text under a name."""
    signature = key_id(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{DASH} {name} {b64encode(signature).decode()}\n"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint under its own origin."""
    return sign_text(checkpoint.text, checkpoint.origin, key)


def read_note(note: str, public: Ed25519PublicKey) -> Checkpoint:
    """Read a checkpoint of ours; NoteRefused unless it is exactly what the key signed."""
    text, _, rest = note.rpartition("\n\n")
    lines = text.split("\n")
    try:
        origin, size, root = lines
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True))
        dash, name, encoded, end = rest.replace("\n", " \n").split(" ")
        signature = b64decode(encoded, validate=True)
    except ValueError:
        raise NoteRefused("not a checkpoint") from None
    if (dash, name, end) != (DASH, origin, "\n") or len(checkpoint.root) != HASH:
        raise NoteRefused("not a checkpoint")
    if signature[:KEY_ID] != key_id(name, public):
        raise NoteRefused("signed with another key")
    try:
        public.verify(signature[KEY_ID:], checkpoint.text.encode())
    except InvalidSignature:
        raise NoteRefused("the signature is wrong") from None
    if f"{checkpoint.text}\n{DASH} {name} {b64encode(signature).decode()}\n" != note:
        raise NoteRefused("not written as it was signed")
    return checkpoint

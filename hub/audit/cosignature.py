"""Cosignatures (C2SP tlog-cosignature, ``cosignature/v1``): a witness says which head it saw, and when.

The witness signs a header, the time in seconds and the whole text of the checkpoint; the line holds the time, eight
bytes, before the signature. It says: of this log, this is the largest head I have seen, and it only added to others.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.notes import COSIGNATURE, Note, NoteRefused, Signature, key_id, named

TIME = 8
_LATEST = 2**63 - 1


def cosigned(text: str, name: str, key: Ed25519PrivateKey, at: int) -> Signature:
    """Cosign a checkpoint's text at a time, in seconds since 1970."""
    if not named(name):
        raise NoteRefused("a witness's name has neither spaces nor plus signs")
    value = at.to_bytes(TIME, "big") + key.sign(_message(text, at))
    return Signature(name, key_id(name, key.public_key(), COSIGNATURE), value)


def cosigned_at(note: Note, name: str, public: Ed25519PublicKey) -> int:
    """Give when a witness cosigned a note; NoteRefused where it did not, or a line in its name is wrong."""
    lines = note.of(name, key_id(name, public, COSIGNATURE))
    if not lines:
        raise NoteRefused("not cosigned by that witness")
    return max(_time(line, note.text, public) for line in lines)


def _time(line: Signature, text: str, public: Ed25519PublicKey) -> int:
    at = int.from_bytes(line.value[:TIME], "big")
    try:
        if at > _LATEST:
            raise NoteRefused("a time that cannot be")
        public.verify(line.value[TIME:], _message(text, at))
    except InvalidSignature:
        raise NoteRefused("the cosignature is wrong") from None
    return at


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()

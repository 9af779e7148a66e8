"""Signed notes (C2SP signed-note): a text, an empty line, and the signatures of one or more keys, a line each.

A signature line is ``— name base64(key id ‖ signature)``. Lines of keys that are not known here are passed over, as
the specification has it; a line that claims a known key and is not its signature spoils the whole note.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
DASH: Final = "\N{EM DASH}"
KEY_ID: Final = 4
LONGEST: Final = 100_000
"""Characters of a note that is read at all: sixteen signatures of any kind assigned so far fit."""


class NoteRefused(ValueError):
    """Alarm: a note is malformed or not signed with the key given."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its id, and what it signed with."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{DASH} {self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, with the end of its last line, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def of(self, name: str, key_id: bytes) -> tuple[Signature, ...]:
        """Give the lines that claim one key."""
        return tuple(s for s in self.signatures if (s.name, s.key_id) == (name, key_id))


def key_id(name: str, public: Ed25519PublicKey, kind: bytes = ED25519) -> bytes:
    """Give the four bytes that tell which key of that name signed, and how."""
    return sha256(name.encode() + b"\n" + kind + public.public_bytes_raw()).digest()[:KEY_ID]


def read(note: str) -> Note:
    """Take a note apart; NoteRefused where it is not one. Nothing is believed yet."""
    text, gap, rest = note.rpartition("\n\n")
    if len(note) > LONGEST or not gap or not rest.endswith("\n") or _controlled(note):
        raise NoteRefused("not a signed note")
    return Note(text + "\n", tuple(map(_signature, rest[:-1].split("\n"))))


def insist_on_ed25519(note: Note, name: str, public: Ed25519PublicKey) -> None:
    """Refuse a note that the key did not sign under this name."""
    lines = note.of(name, key_id(name, public))
    if not lines:
        raise NoteRefused("signed with another key")
    for line in lines:
        try:
            public.verify(line.value, note.text.encode())
        except InvalidSignature:
            raise NoteRefused("the signature is wrong") from None


def decoded(text: str) -> bytes:
    """Decode base64 in its one form; NoteRefused for any other."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        raise NoteRefused("not base64") from None
    if b64encode(found).decode() != text:
        raise NoteRefused("not base64 in its one form")
    return found


def named(name: str) -> bool:
    """Say whether a key may have this name: it has one, without spaces and plus signs."""
    return bool(name) and not any(c.isspace() or c == "+" for c in name)


def _controlled(note: str) -> bool:
    return any(c < " " and c != "\n" for c in note)


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = decoded(encoded)
    if dash != DASH or not named(name) or len(value) <= KEY_ID:
        raise NoteRefused("not a signature line")
    return Signature(name, value[:KEY_ID], value[KEY_ID:])

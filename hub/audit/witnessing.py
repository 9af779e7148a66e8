"""Witnessing: what a partner does with a checkpoint before putting their name to it (C2SP tlog-witness).

A request is the size they cosigned last, a proof from there, and the signed checkpoint. They cosign only a head that
adds to the last one they cosigned, and keep it: a log that was cut back or written anew gets no signature again.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.checkpoint import Checkpoint, NoteRefused, read_checkpoint, read_note
from hub.audit.merkle import HASH
from hub.audit.notes import decoded, read
from hub.audit.proofs import consistent

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
MOST: Final = 63
"""Hashes a proof may have: more than any tree there can be needs."""


class Why(StrEnum):
    """Why a witness does not cosign; the number is the HTTP status the specification gives it."""

    MALFORMED = "400: not a request to cosign"
    NOT_SIGNED = "403: the log's key did not sign this checkpoint"
    UNKNOWN = "404: the checkpoint is of another log"
    ANOTHER_SIZE = "409: the proof does not begin at the last head cosigned"
    FORKED = "409: the log shows another history than it did"
    NOT_CONSISTENT = "422: the proof does not show that the log only grew"


class NotCosigned(Exception):
    """Tell the log's keeper and, for FORKED and NOT_CONSISTENT, the partners: this head gets no signature."""

    def __init__(self, why: Why) -> None:
        """Keep the reason."""
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request to cosign: from which size, the proof, and the signed checkpoint as it came."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def written(self) -> str:
        """The request as it is sent."""
        hashes = "".join(f"{b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"


def read_request(text: str) -> Submitted:
    """Read a request; NotCosigned as MALFORMED where it is none."""
    head, gap, note = text.partition("\n\n")
    first, *hashes = head.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not gap or len(hashes) > MOST:
        raise NotCosigned(Why.MALFORMED)
    try:
        return Submitted(int(old[1]), tuple(map(_hash, hashes)), note)
    except NoteRefused:
        raise NotCosigned(Why.MALFORMED) from None


def examined(submitted: Submitted, log: tuple[str, Ed25519PublicKey], last: Checkpoint | None) -> Checkpoint:
    """Give the head a witness may cosign; NotCosigned says why it may not. ``last`` is what it cosigned before."""
    head = _head(submitted.note, *log)
    if submitted.old > head.size:
        raise NotCosigned(Why.MALFORMED)
    seen = last or Checkpoint(head.origin, 0, b"")
    if submitted.old != seen.size:
        raise NotCosigned(Why.ANOTHER_SIZE)
    if seen.size == head.size and last is not None and last.root != head.root:
        raise NotCosigned(Why.FORKED)
    if not _grew(seen, head, submitted.proof):
        raise NotCosigned(Why.NOT_CONSISTENT)
    return head


def _head(note: str, origin: str, public: Ed25519PublicKey) -> Checkpoint:
    try:
        found = read_checkpoint(read(note).text)
    except NoteRefused:
        raise NotCosigned(Why.MALFORMED) from None
    if found.origin != origin:
        raise NotCosigned(Why.UNKNOWN)
    try:
        return read_note(note, public)
    except NoteRefused:
        raise NotCosigned(Why.NOT_SIGNED) from None


def _grew(seen: Checkpoint, head: Checkpoint, proof: Sequence[bytes]) -> bool:
    if seen.size == 0:
        return not proof
    return consistent(seen.size, seen.root, head.size, head.root, proof)


def _hash(text: str) -> bytes:
    found = decoded(text)
    if len(found) != HASH:
        raise NoteRefused("not a hash")
    return found

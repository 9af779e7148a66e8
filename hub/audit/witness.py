"""Reading signed notes and growing trees for the verifier, written apart from what the ledger uses.

Two ways of saying the same thing, so that a mistake in one is found by the other (RFC 6962; C2SP tlog-checkpoint).
"""

import base64
import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Head(NamedTuple):
    """A tree head somebody signed."""

    origin: str
    size: int
    root: bytes


def signed_head(note: object, public: Ed25519PublicKey) -> Head | None:
    """Give what a note says when the key signed exactly these characters; otherwise nothing.

    Beside the log's own signature there may be others', such as witnesses': each is a line of the same form.
    """
    text, gap, rest = note.rpartition("\n\n") if isinstance(note, str) else ("", "", "")
    lines, signatures = text.split("\n"), rest.split("\n")
    if not gap or len(lines) != 3 or signatures.pop() or not lines[1].isdecimal():  # noqa: PLR2004 -- whose, how many, the root
        return None
    head = Head(lines[0], int(lines[1]), _decoded(lines[2]))
    identity = hashlib.sha256(f"{head.origin}\n".encode() + b"\x01" + public.public_bytes_raw()).digest()[:4]
    blobs = [_blob(line, head.origin) for line in signatures]
    ours = [blob for blob in blobs if blob[:4] == identity]
    if not ours or b"" in blobs or str(head.size) != lines[1]:
        return None
    try:
        for blob in ours:
            public.verify(blob[4:], f"{text}\n".encode())
    except InvalidSignature:
        return None
    return head


def _blob(line: str, origin: str) -> bytes:
    """Give a line's key id and signature; those of another name as a key that is nobody's, no signature as nothing."""
    mark, _, signature = line.rpartition(" ")
    dash, _, name = mark.partition(" ")
    blob = _decoded(signature)
    if dash != "\u2014" or not name or set(name) & {" ", "+"} or len(blob) <= 4:  # noqa: PLR2004 -- of the key's id
        return b""
    return blob if name == origin else b"?"


def _decoded(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return found if base64.b64encode(found).decode() == text else b""


class Grown:
    """A tree fed one leaf hash at a time: a stack of perfect subtrees with their heights."""

    def __init__(self) -> None:
        """Begin empty."""
        self.size = 0
        self._stack: list[tuple[int, bytes]] = []

    def push(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        height, node = 0, leaf
        while self._stack and self._stack[-1][0] == height:
            node = hashlib.sha256(b"\x01" + self._stack.pop()[1] + node).digest()
            height += 1
        self._stack.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """Give the root over what was fed."""
        nodes = [node for _, node in self._stack]
        while len(nodes) > 1:
            right = nodes.pop()
            nodes[-1] = hashlib.sha256(b"\x01" + nodes[-1] + right).digest()
        return nodes[0] if nodes else hashlib.sha256().digest()

    def frontier(self) -> str:
        """Give the subtrees' roots in hexadecimal, largest first."""
        return "".join(node.hex() for _, node in self._stack)

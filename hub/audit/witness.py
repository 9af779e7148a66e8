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
    """Give what a note says when the key signed exactly these characters; otherwise nothing."""
    lines = note.split("\n") if isinstance(note, str) else []
    if len(lines) != 6 or lines[3] or lines[5] or not lines[1].isdecimal():  # noqa: PLR2004 -- three lines, a gap, a signature, the end
        return None
    head = Head(lines[0], int(lines[1]), _decoded(lines[2]))
    mark, _, signature = lines[4].rpartition(" ")
    blob = _decoded(signature)
    text = "\n".join(lines[:3]) + "\n"
    identity = hashlib.sha256(f"{head.origin}\n".encode() + b"\x01" + public.public_bytes_raw()).digest()[:4]
    if mark != f"\u2014 {head.origin}" or blob[:4] != identity or str(head.size) != lines[1]:
        return None
    try:
        public.verify(blob[4:], text.encode())
    except InvalidSignature:
        return None
    return head


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

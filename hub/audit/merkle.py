"""The Merkle tree of RFC 6962 section 2.1: hashes, a tree head that grows, and proofs.

A leaf's hash is SHA-256(0x00 ‖ leaf), a node's SHA-256(0x01 ‖ left ‖ right). The left part of a tree of n leaves
holds the largest power of two of leaves smaller than n.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

HASH = 32
EMPTY = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash a node from its two parts."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree head that can grow: its size and the roots of its perfect subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Tree":
        """Give the tree with these leaf hashes added."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node = leaf
            filled = size
            while filled & 1:  # as many full subtrees end here as the size has trailing ones
                node = node_hash(peaks.pop(), node)
                filled >>= 1
            peaks.append(node)
            size += 1
        return Tree(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    @property
    def frontier(self) -> bytes:
        """The peaks as stored."""
        return b"".join(self.peaks)

    @classmethod
    def restored(cls, size: int, frontier: bytes) -> Self:
        """Give the tree a stored frontier stands for; ValueError when it cannot be one of that size."""
        if size < 0 or len(frontier) != size.bit_count() * HASH:
            raise ValueError("the frontier does not fit the size")
        return cls(size, tuple(frontier[at : at + HASH] for at in range(0, len(frontier), HASH)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root over these leaf hashes."""
    return Tree().grown(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Prove that a leaf is in the tree over these leaf hashes (RFC 6962 section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    if len(leaves) == 1:
        return ()
    middle = _split(len(leaves))
    if index < middle:
        return (*inclusion_proof(leaves[:middle], index), root_of(leaves[middle:]))
    return (*inclusion_proof(leaves[middle:], index - middle), root_of(leaves[:middle]))


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Prove that the tree over these leaf hashes only adds to its first so many (RFC 6962 section 2.1.2)."""
    if not 0 < first <= len(leaves):
        raise ValueError("no such earlier tree")
    return _added(leaves, first, known=True)


def _added(leaves: Sequence[bytes], first: int, *, known: bool) -> tuple[bytes, ...]:
    if first == len(leaves):
        return () if known else (root_of(leaves),)
    middle = _split(len(leaves))
    if first <= middle:
        return (*_added(leaves[:middle], first, known=known), root_of(leaves[middle:]))
    return (*_added(leaves[middle:], first - middle, known=False), root_of(leaves[:middle]))


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)

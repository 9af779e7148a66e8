"""Checking the proofs of RFC 6962 as a partner would: from hashes alone (the walks of RFC 9162 section 2.1)."""

from collections.abc import Sequence

from hub.audit.merkle import node_hash


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows this leaf hash at this place in the tree with this root."""
    if not 0 <= index < size:
        return False
    node, last, here = leaf, size - 1, index
    for other in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(other, node)
            here, last = _past_missing(here, last)
        else:
            node = node_hash(node, other)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether the proof shows that the second tree only adds to the first."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(other, old), node_hash(other, new)
            here, last = _past_missing(here, last)
        else:
            new = node_hash(new, other)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _past_missing(here: int, last: int) -> tuple[int, int]:
    while here and not here & 1:  # levels at which the last node has no sibling
        here, last = here >> 1, last >> 1
    return here, last

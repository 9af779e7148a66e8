"""The tree of RFC 6962, against the vectors Certificate Transparency's own tests publish; and its proofs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.merkle import EMPTY, Tree, consistency_proof, inclusion_proof, leaf_hash, root_of
from hub.audit.proofs import consistent, included
from hub.audit.witness import Grown

LEAVES = [
    leaf_hash(bytes.fromhex(leaf))
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
WRONG = b"\x07" * 32


def test_wrong_inclusion_is_refused() -> None:
    """Another place, size, root, leaf, a proof too short, too long, or altered: none convinces."""
    proof = inclusion_proof(LEAVES, 5)
    for index, size, leaf, path, root in (
        (4, 8, LEAVES[5], proof, ROOTS[8]),
        (5, 6, LEAVES[5], proof, ROOTS[8]),
        (5, 9, LEAVES[5], proof, ROOTS[8]),
        (8, 8, LEAVES[5], proof, ROOTS[8]),
        (-1, 8, LEAVES[5], proof, ROOTS[8]),
        (5, 8, LEAVES[4], proof, ROOTS[8]),
        (5, 8, LEAVES[5], proof, ROOTS[7]),
        (5, 8, LEAVES[5], proof[:-1], ROOTS[8]),
        (5, 8, LEAVES[5], (*proof, WRONG), ROOTS[8]),
        (5, 8, LEAVES[5], (WRONG, *proof[1:]), ROOTS[8]),
        (0, 0, LEAVES[0], (), EMPTY),
    ):
        assert not included(leaf, index, size, path, root)


def test_wrong_consistency_is_refused() -> None:
    """Sizes out of order, another root, a proof too short, too long, altered or unneeded: none convinces."""
    proof = consistency_proof(LEAVES, 6)
    for first, first_root, second, second_root, path in (
        (0, EMPTY, 8, ROOTS[8], ()),
        (8, ROOTS[8], 6, ROOTS[6], proof),
        (6, ROOTS[5], 8, ROOTS[8], proof),
        (6, ROOTS[6], 8, ROOTS[7], proof),
        (5, ROOTS[6], 8, ROOTS[8], proof),
        (6, ROOTS[6], 8, ROOTS[8], proof[:-1]),
        (6, ROOTS[6], 8, ROOTS[8], ()),
        (6, ROOTS[6], 8, ROOTS[8], (*proof, WRONG)),
        (6, ROOTS[6], 8, ROOTS[8], (WRONG, *proof[1:])),
        (8, ROOTS[8], 8, ROOTS[8], (WRONG,)),
        (8, ROOTS[8], 8, ROOTS[7], ()),
    ):
        assert not consistent(first, first_root, second, second_root, path)


def test_proofs_of_nothing_are_refused() -> None:
    """A leaf or an earlier tree that is not there has no proof; a frontier must fit its size."""
    for ask in (lambda: inclusion_proof(LEAVES, 8), lambda: consistency_proof(LEAVES, 0)):
        with pytest.raises(ValueError, match="no such"):
            ask()
    with pytest.raises(ValueError, match="frontier"):
        Tree.restored(3, b"")


def test_published_roots() -> None:
    """Every published root comes out, by the ledger's tree and by the verifier's."""
    tree, other = Tree(), Grown()
    assert tree.root == other.root() == EMPTY == ROOTS[0]
    for leaf, root in zip(LEAVES, ROOTS[1:], strict=True):
        tree = tree.grown([leaf])
        other.push(leaf)
        assert tree.root == other.root() == root
        assert tree.frontier.hex() == other.frontier()
        assert Tree.restored(tree.size, tree.frontier) == tree


def test_published_proofs() -> None:
    """Every published proof comes out and convinces."""
    for (index, size), proof in INCLUSION.items():
        path = inclusion_proof(LEAVES[:size], index)
        assert [node.hex() for node in path] == list(proof)
        assert included(LEAVES[index], index, size, path, ROOTS[size])
    for (first, second), proof in CONSISTENCY.items():
        path = consistency_proof(LEAVES[:second], first)
        assert [node.hex() for node in path] == list(proof)
        assert consistent(first, ROOTS[first], second, ROOTS[second], path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_proofs_hold_for_trees_of_any_size(data: st.DataObject) -> None:
    """Any leaf is proved in, any earlier tree is proved a beginning, and the proof says so of no other."""
    leaves = [leaf_hash(bytes([n & 255, n >> 8])) for n in range(data.draw(st.integers(1, 80)))]
    index, first = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(1, len(leaves)))
    root = root_of(leaves)
    assert included(leaves[index], index, len(leaves), inclusion_proof(leaves, index), root)
    proof = consistency_proof(leaves, first)
    assert consistent(first, root_of(leaves[:first]), len(leaves), root, proof)
    assert not consistent(first, WRONG, len(leaves), root, proof)
    other = (index + 1) % len(leaves)
    assert other == index or not included(leaves[index], other, len(leaves), inclusion_proof(leaves, index), root)

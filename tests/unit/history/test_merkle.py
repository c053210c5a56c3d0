"""The Merkle tree over the heads, against RFC 6962's own definition."""

from hashlib import sha256

from engine.history.chain import Head
from engine.history.evidence_verifier import _root
from engine.history.merkle import EMPTY, Tree, audit_path, leaf_hash


def root(leaves):
    """The Merkle tree hash as section 2.1 of RFC 6962 defines it, recursively."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def test_the_root_is_that_of_the_rfc_whatever_the_number_of_leaves():
    for size in range(40):
        heads = [Head(number, 3, bytes([number]) * 32) for number in range(size)]
        tree = Tree()
        for head in heads:
            tree.add(head)
        assert (tree.size, tree.root) == (size, root([leaf_hash(head) for head in heads]))
    assert Tree().root == EMPTY


def test_a_path_leads_from_each_leaf_to_the_root_and_from_no_other():
    for size in range(1, 20):
        leaves = [leaf_hash(Head(number, 3, bytes(32))) for number in range(size)]
        for index, leaf in enumerate(leaves):
            path = audit_path(leaves, index)
            assert _root(leaf, index, size, path) == root(leaves)
            assert _root(b"x" * 32, index, size, path) != root(leaves)
            assert _root(leaf, index, size, [*path, leaf]) is None
            assert _root(leaf, size, size, path) is None


def test_a_leaf_is_hashed_as_documented():
    head = Head(258, 3, b"h" * 32)
    leaf = b"\0passerelle-head/1\0" + b"\0\0\0\0\0\0\1\2" + b"\0\0\0\0\0\0\0\3" + b"h" * 32
    assert leaf_hash(head) == sha256(leaf).digest()

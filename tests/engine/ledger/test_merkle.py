"""The Merkle tree against the roots that Certificate Transparency publishes for its reference leaves."""

import hashlib

import pytest

from engine.ledger.merkle import Tree, leaf_hash, node_hash, root

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c442 b855",
    "6e340b9c a01d",
    "fac54203 c125",
    "aeb6bcfe 6e77",
    "d37ee418 14b7",
    "4e3bbb1f 64d4",
    "76e67dad 87ef",
    "ddb89be4 4c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff460 4328",
]
"""The first and last digits of the root of each size, from none to eight leaves."""


@pytest.mark.parametrize("size", range(9))
def test_the_published_root_of_each_size(size):
    first, last = ROOTS[size].split()
    found = root(LEAVES[:size]).hex()
    assert (found[: len(first)], found[-4:]) == (first, last)


@pytest.mark.parametrize("size", range(40))
def test_the_growing_tree_agrees_with_the_definition_by_halves(size):
    payloads = [bytes([n]) * n for n in range(size)]
    tree = Tree()
    for payload in payloads:
        tree.append(leaf_hash(payload))
    assert (tree.size, tree.root()) == (size, by_halves(payloads))


def by_halves(payloads: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not payloads:
        return hashlib.sha256().digest()
    if len(payloads) == 1:
        return hashlib.sha256(b"\x00" + payloads[0]).digest()
    k = 1
    while k * 2 < len(payloads):
        k *= 2
    return node_hash(by_halves(payloads[:k]), by_halves(payloads[k:]))

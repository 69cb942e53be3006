"""The Merkle tree of RFC 6962, section 2.1: leaf and node hashes, and a root that grows leaf by leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def leaf_hash(payload: bytes) -> bytes:
    """SHA-256(0x00 || payload): the prefix keeps a leaf from being passed off as a node."""
    return hashlib.sha256(b"\x00" + payload).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that is only ever added to. It keeps one hash per full subtree: log2(size) of them."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self._full.pop(), node)
            size >>= 1
        self._full.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; of an empty tree, the hash of nothing."""
        if not self._full:
            return hashlib.sha256().digest()
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = node_hash(left, node)
        return node


def root(payloads: Iterable[bytes]) -> bytes:
    """The root of the tree whose leaves are these payloads."""
    tree = Tree()
    for payload in payloads:
        tree.append(leaf_hash(payload))
    return tree.root()

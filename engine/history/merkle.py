"""A Merkle tree over the heads of all chains, hashed as RFC 6962 does.

A leaf is hashed behind a zero byte and a node behind a one, so that no node can pass for a
leaf. The leaf of a chain is ``passerelle-head/1``, a zero byte, instance and sequence number
(eight bytes each, big-endian, signed) and the head's 32 bytes. Leaves stand in the order of
their instances.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from hashlib import sha256

from engine.history.chain import Head

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

HASH_LENGTH = 32
_PREFIX = b"passerelle-head/1\0"


def leaf_hash(head: Head) -> bytes:
    """The hash of a chain's leaf."""
    numbers = struct.pack(">qq", head.instance_id, head.seq)
    return sha256(b"\0" + _PREFIX + numbers + head.head).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """The root of leaves that come one by one; keeps one hash a level."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[tuple[int, bytes]] = []

    def add(self, head: Head) -> None:
        """The next leaf."""
        self.size += 1
        width, node = 1, leaf_hash(head)
        while self._complete and self._complete[-1][0] == width:
            node = node_hash(self._complete.pop()[1], node)
            width *= 2
        self._complete.append((width, node))

    @property
    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._complete:
            return EMPTY
        _, node = self._complete[-1]
        for _, left in reversed(self._complete[:-1]):
            node = node_hash(left, node)
        return node


class Paths:
    """The ways from the leaves of a tree to its root; keeps 64 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = bytearray()
        for leaf in leaves:
            level += leaf
        self._levels = [level]
        while len(level) > HASH_LENGTH:
            level = _above(level)
            self._levels.append(level)

    def to(self, index: int) -> list[bytes]:
        """The hashes that lead from a leaf to the root (RFC 6962, 2.1.1), the nearest first."""
        path: list[bytes] = []
        for level in self._levels[:-1]:
            start = (index ^ 1) * HASH_LENGTH
            if start < len(level):
                path.append(bytes(level[start : start + HASH_LENGTH]))
            index //= 2
        return path


def _above(level: bytearray) -> bytearray:
    above, pair = bytearray(), 2 * HASH_LENGTH
    for start in range(0, len(level), pair):
        left, right = level[start : start + HASH_LENGTH], level[start + HASH_LENGTH : start + pair]
        # A node without a sibling stands for itself one level up.
        above += node_hash(bytes(left), bytes(right)) if right else left
    return above


def audit_path(leaves: Iterable[bytes], index: int) -> list[bytes]:
    """The hashes that lead from one leaf to the root, the nearest first."""
    return Paths(leaves).to(index)

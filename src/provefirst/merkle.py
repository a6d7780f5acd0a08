"""A Merkle tree as in RFC 6962: one root stands for many leaves, and a short path shows that a leaf is among them.

Leaves and inner nodes are hashed with different first bytes, so that no inner node can be passed off as a leaf.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"


def root_of(leaves: Sequence[bytes]) -> str:
    """The root over `leaves` in their order, as 64 hex digits."""
    return _tree([_leaf(leaf) for leaf in leaves]).hex()


def proof_of(leaves: Sequence[bytes], index: int) -> tuple[str, ...]:
    """The hashes that lead from the leaf at `index` to the root, the deepest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    hashes, path = [_leaf(leaf) for leaf in leaves], []
    first, last = 0, len(hashes)
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(_tree(hashes[middle:last]))
            last = middle
        else:
            path.append(_tree(hashes[first:middle]))
            first = middle
    return tuple(step.hex() for step in reversed(path))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` of the `size` leaves under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, _leaf(leaf)
    for step in map(bytes.fromhex, proof):
        if last == 0:
            return False
        if node & 1 or node == last:
            found = _node(step, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = _node(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found.hex() == root


def _tree(hashes: Sequence[bytes]) -> bytes:
    """The root over `hashes`: pairs are joined level by level, and one left over waits for the next level.

    That gives the tree of the RFC, whose left half is always the largest power of two, without recursion.
    """
    if not hashes:
        return sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        paired = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _leaf(leaf: bytes) -> bytes:
    return sha256(_LEAF + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()

"""Merkle trees, hashed as in RFC 9162: leaves and inner nodes cannot be taken for each other."""

from collections.abc import Iterable
from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(_LEAF + data).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves. That of no leaves is the hash of nothing."""
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        unpaired = level[-1:] if len(level) % 2 else []
        level = [*(sha256(_NODE + left + right).digest() for left, right in pairs), *unpaired]
    return level[0]

"""Copies the blobs of a farm into a backup."""

import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from whisperfarm.digest import sha256_of
from whisperfarm_store.blobs import BlobNotFound, Blobs, BlobWriter
from whisperfarm_store.ledger import BlobReference

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CopiedBlob:
    """A blob in a backup."""

    key: str
    size_bytes: int
    sha256: str


class BlobCopies:
    """The blobs of a backup that is being written. Those of an earlier backup are kept.

    A blob never changes, so a copy of the right size is not made again; with `verify`, its hash
    must be right as well. `found` counts the keys that had a copy, and `made` the new copies.
    Thread-safe.
    """

    def __init__(self, source: Blobs, target: Blobs, *, verify: bool) -> None:
        self._source = source
        self._target = target
        self._verify = verify
        self._lock = threading.Lock()
        self.found = 0
        self.made = 0

    def copy(self, reference: BlobReference) -> CopiedBlob | None:
        """Copy a blob if necessary. Returns `None` if neither the store nor the backup has it."""
        return self._kept(reference) or self._copy(reference.key)

    def _kept(self, reference: BlobReference) -> CopiedBlob | None:
        size_bytes = self._target.size(reference.key)
        if size_bytes is None:
            return None
        with self._lock:
            self.found += 1
        if size_bytes != self._expected_bytes(reference, size_bytes):
            return None
        if reference.sha256 is not None and not self._verify:
            return CopiedBlob(reference.key, size_bytes, reference.sha256)
        digest = self._digest(reference.key)
        is_right = reference.sha256 in {None, digest}
        return CopiedBlob(reference.key, size_bytes, digest) if is_right else None

    def _expected_bytes(self, reference: BlobReference, kept_bytes: int) -> int:
        """Return the size in the ledger, or in the store unless the blob was deleted there."""
        if reference.size_bytes is not None:
            return reference.size_bytes
        size_bytes = self._source.size(reference.key)
        return kept_bytes if size_bytes is None else size_bytes

    def _digest(self, key: str) -> str:
        with self._target.open(key) as file:
            return sha256_of(file)

    def _copy(self, key: str) -> CopiedBlob | None:
        try:
            with self._source.open(key) as file, self._target.writer(key) as writer:
                copied = transfer(key, file, writer)
        except BlobNotFound:
            return None
        with self._lock:
            self.made += 1
        return copied


def transfer(key: str, file: BinaryIO, writer: BlobWriter) -> CopiedBlob:
    """Copy all bytes of a blob, and return what they are."""
    digest, size_bytes = sha256(), 0
    while block := file.read(_BLOCK_BYTES):
        writer.write(block)
        digest.update(block)
        size_bytes += len(block)
    return CopiedBlob(key, size_bytes, digest.hexdigest())

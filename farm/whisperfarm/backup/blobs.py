"""Copies the blobs of a farm into a backup."""

import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from whisperfarm.backup.copied_file import copied_file
from whisperfarm.backup.encryption import Encryption
from whisperfarm.digest import sha256_of
from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, Blobs, BlobWriter
from whisperfarm_store.ledger import BlobReference

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CopiedBlob:
    """A blob in a backup: key, size and hash of its content, which may be encrypted there."""

    key: str
    size_bytes: int
    sha256: str


class BlobCopies:
    """The blobs of a backup that is being written. Those of an earlier backup are kept.

    A blob never changes, so a copy of the right size is not made again; with `verify`, its hash
    must be right as well. Encrypted blobs are copied as they are stored, and again once they are
    encrypted with another key. `found` counts the keys that had a copy, and `made` the new copies.
    Thread-safe.
    """

    def __init__(self, source: Blobs, target: Blobs, *, verify: bool) -> None:
        self._encryption = Encryption.of(source)
        self._source = source
        self._target = target
        self._copies = self._encryption.over(target)
        self._verify = verify
        self._lock = threading.Lock()
        self.found = 0
        self.made = 0

    def copy(self, reference: BlobReference) -> CopiedBlob | None:
        """Copy a blob if necessary. Returns `None` if neither the store nor the backup has it."""
        return self._kept(reference) or self._copy(reference.key)

    def _kept(self, reference: BlobReference) -> CopiedBlob | None:
        try:
            return self._find_kept(reference)
        except BlobDamaged:
            return None

    def _find_kept(self, reference: BlobReference) -> CopiedBlob | None:
        size_bytes = self._copies.size(reference.key)
        if size_bytes is None:
            return None
        with self._lock:
            self.found += 1
        if size_bytes != self._expected_bytes(reference, size_bytes):
            return None
        if self._encryption.is_outdated(reference.key, self._target):
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
        with self._copies.open(key) as file:
            return sha256_of(file)

    def _copy(self, key: str) -> CopiedBlob | None:
        try:
            with self._encryption.stored.open(key) as file, self._target.writer(key) as writer:
                content = self._encryption.read(copied_file(file, writer), key)
                copied = describe(key, content)
        except (BlobNotFound, BlobDamaged):
            return None
        with self._lock:
            self.made += 1
        return copied


def transfer(key: str, file: BinaryIO, writer: BlobWriter) -> CopiedBlob:
    """Copy all bytes of a blob, and return what they are."""
    return describe(key, copied_file(file, writer))


def describe(key: str, file: BinaryIO) -> CopiedBlob:
    """Read all bytes of a blob, and return what they are."""
    digest, size_bytes = sha256(), 0
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
        size_bytes += len(block)
    return CopiedBlob(key, size_bytes, digest.hexdigest())

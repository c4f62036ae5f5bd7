"""A layer over the blob store of a farm that does not encrypt."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from whisperfarm_store.blobs.encryption.content import read_content
from whisperfarm_store.blobs.encryption.layer import BlobLayer
from whisperfarm_store.blobs.encryption.plain_writer import PlainWriter, check_start
from whisperfarm_store.blobs.port import BlobWriter


class KeylessBlobs(BlobLayer):
    """The blobs in `stored`, of which encrypted ones are refused.

    Without it, a process that lacks the farm's keys would take ciphertext for a recording. `open`
    and `fetch` raise `EncryptionKeyMissing` too.
    """

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        with self.stored.writer(key) as writer:
            yield PlainWriter(writer)

    def put(self, key: str, data: bytes) -> None:
        check_start(data)
        self.stored.put(key, data)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        with self.stored.open(key) as file:
            yield read_content(file, key, None)

    def fetch(self, key: str, to: Path) -> Path:
        fetched = self.stored.fetch(key, to)
        with fetched.open("rb") as file:
            read_content(file, key, None)
        return fetched

    def size(self, key: str) -> int | None:
        return self.stored.size(key)

    def presigned_url(self, key: str, *, expires_s: int) -> str | None:
        return self.stored.presigned_url(key, expires_s=expires_s)

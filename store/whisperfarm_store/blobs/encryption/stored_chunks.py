"""Reads the encrypted chunks of a blob."""

from typing import BinaryIO

from whisperfarm_store.blobs.encryption.chunks import STORED_CHUNK_BYTES
from whisperfarm_store.blobs.encryption.header import HEADER_BYTES
from whisperfarm_store.blobs.encryption.sizes import content_size


class StoredChunks:
    """The chunks in `file`, which is at the first one.

    It reads forward as long as it can: on S3, seeking is a new request.
    """

    def __init__(self, file: BinaryIO, blob: str) -> None:
        self._file = file
        self._blob = blob
        self._next, self._ahead = 0, b""  # the chunk that `file` is at, and what was read of it

    def content_size(self) -> int:
        """Return the size of the content. Raises `BlobDamaged` if no content has this size."""
        self._next = -1  # the file is elsewhere then
        return content_size(self._file, self._blob)

    def read(self, number: int) -> tuple[bytes, bool]:
        """Return a chunk and whether it is the last one there; nothing behind the last one."""
        if number != self._next:
            self._file.seek(HEADER_BYTES + number * STORED_CHUNK_BYTES)
            self._ahead = b""
        self._next = -1  # if reading fails
        data = self._ahead + self._file.read(STORED_CHUNK_BYTES + 1 - len(self._ahead))
        self._ahead = data[STORED_CHUNK_BYTES:]
        self._next = number + 1
        return data[:STORED_CHUNK_BYTES], not self._ahead

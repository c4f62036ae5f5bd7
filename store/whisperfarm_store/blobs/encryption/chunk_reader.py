"""Decrypts the chunks of a blob, one at a time."""

from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from whisperfarm_store.blobs.encryption.chunks import STORED_CHUNK_BYTES, count_of, nonce_of
from whisperfarm_store.blobs.encryption.header import HEADER_BYTES
from whisperfarm_store.blobs.encryption.problems import damaged
from whisperfarm_store.blobs.encryption.sizes import content_size


class ChunkReader:
    """The chunks in `file`, which is at the first one.

    It reads forward as long as it can: on S3, seeking is a new request.
    """

    def __init__(self, file: BinaryIO, data_key: bytes, blob: str) -> None:
        self._file = file
        self._cipher = AESGCM(data_key)
        self._blob = blob
        self._number, self._content = -1, b""  # the chunk that was decrypted last
        self._next, self._ahead = 0, b""  # the chunk that `file` is at, and what was read of it
        self._has_end = False  # whether the last chunk was decrypted

    def size(self) -> int:
        """Return the size of the content."""
        self._next = -1  # the file is elsewhere then
        return content_size(self._file, self._blob)

    def read(self, number: int) -> bytes:
        """Return the content of a chunk, or nothing behind the last one.

        Raises `BlobDamaged`, also if the last one there was not written as the last one.
        """
        if number != self._number and not self._load(number):
            if not self._has_end:
                self._load(count_of(self.size()) - 1)
            return b""
        return self._content

    def _load(self, number: int) -> bool:
        stored = self._read_stored(number)
        if not stored:
            return False
        is_last = not self._ahead
        try:
            nonce = nonce_of(number, is_last=is_last)
            self._content = self._cipher.decrypt(nonce, stored, None)
        except InvalidTag:
            end = ", or what was after it is missing" if is_last else ""
            raise damaged(self._blob, f"chunk {number} is not what was written{end}") from None
        self._number, self._has_end = number, self._has_end or is_last
        return True

    def _read_stored(self, number: int) -> bytes:
        if number != self._next:
            self._file.seek(HEADER_BYTES + number * STORED_CHUNK_BYTES)
            self._ahead = b""
        self._next = -1  # if reading fails
        data = self._ahead + self._file.read(STORED_CHUNK_BYTES + 1 - len(self._ahead))
        self._ahead = data[STORED_CHUNK_BYTES:]
        self._next = number + 1
        return data[:STORED_CHUNK_BYTES]

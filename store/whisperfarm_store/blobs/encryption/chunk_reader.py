"""Decrypts the chunks of a blob, one at a time."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from whisperfarm_store.blobs.encryption.chunks import count_of, nonce_of
from whisperfarm_store.blobs.encryption.problems import damaged
from whisperfarm_store.blobs.encryption.stored_chunks import StoredChunks


class ChunkReader:
    """The contents of chunks."""

    def __init__(self, stored: StoredChunks, data_key: bytes, blob: str) -> None:
        self._stored = stored
        self._cipher = AESGCM(data_key)
        self._blob = blob
        self._number, self._content = -1, b""  # the chunk that was decrypted last
        self._has_end = False  # whether the last chunk was decrypted

    def size(self) -> int:
        """Return the size of all contents."""
        return self._stored.content_size()

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
        stored, is_last = self._stored.read(number)
        if not stored:
            return False
        try:
            nonce = nonce_of(number, is_last=is_last)
            self._content = self._cipher.decrypt(nonce, stored, None)
        except InvalidTag:
            end = ", or what was after it is missing" if is_last else ""
            raise damaged(self._blob, f"chunk {number} is not what was written{end}") from None
        self._number, self._has_end = number, self._has_end or is_last
        return True

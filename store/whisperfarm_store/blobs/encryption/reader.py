"""Decrypts a blob as a seekable file: a part is read without the rest."""

import io
from typing import Any

from whisperfarm_store.blobs.encryption.chunk_reader import ChunkReader
from whisperfarm_store.blobs.encryption.chunks import CHUNK_BYTES


class DecryptingReader(io.RawIOBase):
    """The content of chunks. A read that reaches the end notices whether something was cut off."""

    def __init__(self, chunks: ChunkReader) -> None:
        self._chunks = chunks
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            offset += self._chunks.size()
        elif whence == io.SEEK_CUR:
            offset += self._position
        self._position = max(0, offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        number, start = divmod(self._position, CHUNK_BYTES)
        data = self._chunks.read(number)[start : start + len(buffer)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

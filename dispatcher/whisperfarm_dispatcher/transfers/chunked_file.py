"""The chunks of a transfer as one file."""

import os
from collections.abc import Sequence

from whisperfarm_dispatcher.transfers.chunks import Chunk
from whisperfarm_store.blobs import Blobs


class ChunkedFile:
    """A file to look at. `chunks` follow each other without a hole, from the first byte on."""

    def __init__(self, blobs: Blobs, chunks: Sequence[Chunk]) -> None:
        self._blobs, self._chunks = blobs, chunks
        self._size_bytes = chunks[-1].end if chunks else 0
        self._position = 0

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size_bytes}
        self._position = max(0, origin[whence] + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, or all that remain if `size` is negative."""
        start = self._position
        end = self._size_bytes if size < 0 else min(start + size, self._size_bytes)
        parts = [self._part(one, start, end) for one in self._chunks if one.end > start]
        data = b"".join(parts)
        self._position += len(data)
        return data

    def _part(self, chunk: Chunk, start: int, end: int) -> bytes:
        first, last = max(start, chunk.start), min(end, chunk.end)
        if first >= last:
            return b""
        with self._blobs.open(chunk.key) as file:
            file.seek(first - chunk.start)
            return file.read(last - first)

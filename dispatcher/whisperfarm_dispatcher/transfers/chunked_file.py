"""The chunks of a transfer as one file."""

from collections.abc import Sequence

from whisperfarm_dispatcher.submission.sliced_file import SlicedFile
from whisperfarm_dispatcher.transfers.chunks import Chunk
from whisperfarm_store.blobs import Blobs


class ChunkedFile(SlicedFile):
    """A file to look at. `chunks` follow each other without a hole, from the first byte on."""

    def __init__(self, blobs: Blobs, chunks: Sequence[Chunk]) -> None:
        super().__init__(size_bytes=chunks[-1].end if chunks else 0)
        self._blobs, self._chunks = blobs, chunks

    def _slice(self, start: int, end: int) -> bytes:
        return b"".join(self._part(one, start, end) for one in self._chunks)

    def _part(self, chunk: Chunk, start: int, end: int) -> bytes:
        first, last = max(start, chunk.start), min(end, chunk.end)
        if first >= last:
            return b""
        with self._blobs.open(chunk.key) as file:
            file.seek(first - chunk.start)
            return file.read(last - first)

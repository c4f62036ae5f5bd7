"""A file whose bytes are written elsewhere while they are read."""

import io
from typing import BinaryIO, cast

from whisperfarm_store.blobs import BlobWriter


def copied_file(file: BinaryIO, writer: BlobWriter) -> BinaryIO:
    """Return the bytes of `file`, each of which is written to `writer` once, in order.

    The copy is complete when the file was read from start to end.
    """
    return cast("BinaryIO", _CopiedFile(file, writer))


class _CopiedFile:
    """Seeking back copies nothing again."""

    def __init__(self, file: BinaryIO, writer: BlobWriter) -> None:
        self._file = file
        self._writer = writer
        self._position = 0
        self._copied_bytes = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = self._file.seek(offset, whence)
        return self._position

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        new = data[max(0, self._copied_bytes - self._position) :]
        self._writer.write(new)
        self._position += len(data)
        self._copied_bytes += len(new)
        return data

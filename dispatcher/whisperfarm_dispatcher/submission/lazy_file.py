"""A stored file whose first bytes are still in memory, which is all that most probes read."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO, Self


class LazyFile:
    """File that reads from `head`, and opens the blob only for bytes after it.

    Headers are mostly at the start, and opening a blob may take a round trip to its store. The file
    is the part of the blob from `start` on.
    """

    def __init__(
        self,
        head: bytes,
        open_file: Callable[[], AbstractContextManager[BinaryIO]],
        *,
        size_bytes: int,
        start: int = 0,
    ) -> None:
        self._head = head
        self._open_file = open_file
        self._size_bytes = size_bytes
        self._start = start
        self._position = 0
        self._file: BinaryIO | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size_bytes}
        self._position = max(0, origin[whence] + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, or all that remain if `size` is negative."""
        end = self._size_bytes if size < 0 else min(self._position + size, self._size_bytes)
        data = self._slice(self._position, max(self._position, end))
        self._position += len(data)
        return data

    def _slice(self, start: int, end: int) -> bytes:
        if end <= len(self._head) or start == end:
            return self._head[start:end]
        if self._file is None:
            self._file = self._stack.enter_context(self._open_file())
        self._file.seek(self._start + start)
        return self._file.read(end - start)

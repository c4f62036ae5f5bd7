"""A stored file whose first bytes are still in memory, which is all that most probes read."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO, Self

from whisperfarm_dispatcher.submission.sliced_file import SlicedFile


class LazyFile(SlicedFile):
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
        super().__init__(size_bytes=size_bytes)
        self._head = head
        self._open_file = open_file
        self._start = start
        self._file: BinaryIO | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _slice(self, start: int, end: int) -> bytes:
        if end <= len(self._head) or start == end:
            return self._head[start:end]
        if self._file is None:
            self._file = self._stack.enter_context(self._open_file())
        self._file.seek(self._start + start)
        return self._file.read(end - start)

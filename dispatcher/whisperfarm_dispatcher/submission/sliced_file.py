"""A file to look at, of which any part can be read by itself."""

import os
from abc import ABC, abstractmethod


class SlicedFile(ABC):
    """A file of `size_bytes` with a position."""

    def __init__(self, *, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self._position = 0

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

    @abstractmethod
    def _slice(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to before `end`, which is `start` at least."""

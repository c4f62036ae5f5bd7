"""The port of files that are looked at: local ones, and those of a blob store."""

from typing import Protocol


class Seekable(Protocol):
    """The methods of a file that are used to look at it."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def tell(self) -> int: ...

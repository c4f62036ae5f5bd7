"""Chunks of RIFF, IFF and similar files: a name, a size, the content."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.media import Seekable

_MAX_CHUNKS = 10_000
"""A malicious file has millions."""

_MAX_SIZE_BYTES = 1 << 62
"""No offset in a file is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The layout of chunks.

    `header` is that of the name and the size, as `struct` writes it. `size_has_header` means that
    the size counts these fields. Chunks start at multiples of `align` bytes after the first one.
    """

    header: str
    size_has_header: bool = False
    align: int = 2


RIFF, RIFX = Layout(header="<4sI"), Layout(header=">4sI")
IFF = RIFX


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk whose content starts at `offset`. The file may end before its stated size."""

    name: bytes
    offset: int
    size_bytes: int


def chunks(file: Seekable, start: int, layout: Layout) -> Iterator[Chunk]:
    """Yield the chunks from the offset `start` on."""
    header_bytes = struct.calcsize(layout.header)
    at = start
    for _ in range(_MAX_CHUNKS):
        header = read_at(file, at, header_bytes)
        if len(header) < header_bytes:
            return
        name, size_bytes = struct.unpack(layout.header, header)
        size_bytes -= header_bytes if layout.size_has_header else 0
        if size_bytes < 0:
            return
        yield Chunk(name, at + header_bytes, size_bytes)
        if size_bytes > _MAX_SIZE_BYTES:
            return
        end = at + header_bytes + size_bytes
        at = end + (start - end) % layout.align


def read_at(file: Seekable, offset: int, size_bytes: int) -> bytes:
    """Return the bytes at the offset; fewer if the file ends there."""
    file.seek(offset)
    return file.read(size_bytes)


def length_of(file: Seekable) -> int:
    """Return the size of the file in bytes."""
    return file.seek(0, os.SEEK_END)

"""Chunks of RIFF and IFF files: a name of four bytes, a size of four bytes, the content."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from whisperfarm_contract.media import Seekable

ByteOrder = Literal["little", "big"]

_HEADER_BYTES = 8
_MAX_CHUNKS = 10_000
"""A malicious file has millions."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk whose content starts at `offset`. The file may end before its stated size."""

    name: bytes
    offset: int
    size_bytes: int


def chunks(file: Seekable, start: int, order: ByteOrder) -> Iterator[Chunk]:
    """Yield the chunks from the offset `start` on."""
    at = start
    for _ in range(_MAX_CHUNKS):
        header = read_at(file, at, _HEADER_BYTES)
        if len(header) < _HEADER_BYTES:
            return
        size_bytes = int.from_bytes(header[4:], order)
        yield Chunk(header[:4], at + _HEADER_BYTES, size_bytes)
        at += _HEADER_BYTES + size_bytes + size_bytes % 2


def read_at(file: Seekable, offset: int, size_bytes: int) -> bytes:
    """Return the bytes at the offset; fewer if the file ends there."""
    file.seek(offset)
    return file.read(size_bytes)


def length_of(file: Seekable) -> int:
    """Return the size of the file in bytes."""
    return file.seek(0, os.SEEK_END)

"""The header of a WAV file: whether its writer has closed it, and how many channels it has."""

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

_RIFF_BYTES = 12
_CHUNK_BYTES = 8
_MAX_CHUNKS = 64
_UNKNOWN_SIZE = 0xFFFFFFFF


class WavHeader(NamedTuple):
    """A header. `is_open`: its sizes are not those of the file, as while it is being written."""

    channels: int
    is_open: bool


def read(path: Path) -> WavHeader | None:
    """Return the header, or `None` if the file is not a WAV file. Raises `OSError`."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        head = file.read(_RIFF_BYTES)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return None
        return _read_chunks(file, size_bytes)


def _read_chunks(file: BinaryIO, size_bytes: int) -> WavHeader:
    channels = 0
    for _ in range(_MAX_CHUNKS):
        head = file.read(_CHUNK_BYTES)
        if len(head) < _CHUNK_BYTES:
            break
        name, length = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"data":
            is_whole = 0 < length != _UNKNOWN_SIZE and file.tell() + length <= size_bytes
            return WavHeader(channels, not is_whole)
        start = file.tell()
        if name == b"fmt ":
            channels = struct.unpack("<xxH", file.read(4).ljust(4, b"\0"))[0]
        file.seek(start + length + length % 2)
    return WavHeader(channels, is_open=True)

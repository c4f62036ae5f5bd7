"""The header of a WAV file: whether its writer has closed it, its channels and its length."""

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

_RIFF_BYTES = 12
_CHUNK_BYTES = 8
_MAX_CHUNKS = 64
_UNKNOWN_SIZE = 0xFFFFFFFF


class WavHeader(NamedTuple):
    """A header. `is_open`: its sizes are not those of the file, as while it is being written.

    `seconds` is the length of the samples that are there, if the codec has a constant rate.
    """

    channels: int
    is_open: bool
    seconds: float = 0.0


def read(path: Path) -> WavHeader | None:
    """Return the header, or `None` if the file is not a WAV file. Raises `OSError`."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        head = file.read(_RIFF_BYTES)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return None
        return _read_chunks(file, size_bytes)


def _read_chunks(file: BinaryIO, size_bytes: int) -> WavHeader:
    channels, bytes_per_s = 0, 0
    for _ in range(_MAX_CHUNKS):
        head = file.read(_CHUNK_BYTES)
        if len(head) < _CHUNK_BYTES:
            break
        name, length = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"data":
            rest = max(0, size_bytes - file.tell())
            is_whole = 0 < length != _UNKNOWN_SIZE and length <= rest
            seconds = (length if is_whole else rest) / bytes_per_s if bytes_per_s else 0.0
            return WavHeader(channels, not is_whole, seconds)
        start = file.tell()
        if name == b"fmt ":
            fields = file.read(12).ljust(12, b"\0")
            channels, bytes_per_s = struct.unpack("<xxHxxxxI", fields)
        file.seek(start + length + length % 2)
    return WavHeader(channels, is_open=True)

"""Reads how long the sound tracks of an AVI file are, according to its header."""

import struct
from collections.abc import Iterator

_STREAM_HEADER_BYTES = 36


def sound_track_lengths(start: bytes) -> list[float | None]:
    """Return the seconds of each sound track in order, or `None` where the header has no length.

    `start` are the first bytes of the file.
    """
    return [_seconds(header) for header in _stream_headers(start) if header[:4] == b"auds"]


def _stream_headers(start: bytes) -> Iterator[bytes]:
    at = start.find(b"strh")
    while at >= 0:
        header = start[at + 8 : at + 8 + _STREAM_HEADER_BYTES]
        if len(header) == _STREAM_HEADER_BYTES:
            yield header
        at = start.find(b"strh", at + 4)


def _seconds(header: bytes) -> float | None:
    scale, rate, _, length = struct.unpack_from("<4I", header, 20)
    return length * scale / rate if rate and length else None

"""Measures the audio in a WAV file whose codec has a constant size per sample.

The size of the file counts, because recorders that write the header before a call ends put zero or
the largest number there.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.media import Seekable

_CONSTANT_SIZE_CODECS = frozenset({1, 3, 6, 7})
"""Format tags of integer and float PCM, A-law and mu-law."""

_EXTENSIBLE = 0xFFFE
_UNKNOWN_BYTES = 0x7FFF_0000
"""Streaming writers use a size near this or near 2^32 while they do not know it."""

_RF64_SIZE = 0xFFFF_FFFF
_MAX_CHUNKS = 1000
_CHUNK_BYTES = 8
_FORMAT_BYTES = 40


@dataclass(frozen=True, slots=True)
class _Format:
    rate_hz: int
    frame_bytes: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    size_bytes: int


def measure_s(file: Seekable, *, start: int, rate_hz: int | None) -> float | None:
    """Return the seconds of audio in the WAV file at `start`, or `None` if it must be decoded.

    `rate_hz` overrides the sample rate in the header.
    """
    order = _byte_order(file, start)
    if order is None:
        return None
    audio_format: _Format | None = None
    size_64: int | None = None
    for chunk in _chunks(file, order):
        if chunk.name == b"fmt ":
            audio_format = _read_format(file.read(min(chunk.size_bytes, _FORMAT_BYTES)), order)
        elif chunk.name == b"ds64":
            size_64 = _read_size_64(file.read(16))
        elif chunk.name == b"data":
            return _seconds(audio_format, _audio_bytes(file, chunk, size_64), rate_hz)
    return None


def count_channels(file: Seekable, *, start: int) -> int | None:
    """Return the channels of the WAV file at `start`, or `None` if its header has none."""
    order = _byte_order(file, start)
    for chunk in _chunks(file, order) if order else ():
        if chunk.name == b"fmt ":
            fields = file.read(min(chunk.size_bytes, _FORMAT_BYTES)).ljust(_FORMAT_BYTES, b"\0")
            return int(struct.unpack_from(f"{order}HH", fields)[1]) or None
    return None


def _byte_order(file: Seekable, start: int) -> str | None:
    file.seek(start)
    riff = file.read(12)
    if riff[8:] != b"WAVE":
        return None
    return ">" if riff[:4] == b"RIFX" else "<"


def _chunks(file: Seekable, order: str) -> Iterator[_Chunk]:
    """Yield the chunks, each when the file is at the start of its content."""
    for _ in range(_MAX_CHUNKS):
        header = file.read(_CHUNK_BYTES)
        if len(header) < _CHUNK_BYTES:
            return
        name, size_bytes = struct.unpack(f"{order}4sI", header)
        next_at = file.tell() + size_bytes + size_bytes % 2
        yield _Chunk(name, size_bytes)
        file.seek(next_at)


def _read_format(fields: bytes, order: str) -> _Format | None:
    padded = fields.ljust(_FORMAT_BYTES, b"\0")
    tag, _, rate_hz, _, frame_bytes = struct.unpack_from(f"{order}HHIIH", padded)
    if tag == _EXTENSIBLE:
        (tag,) = struct.unpack_from(f"{order}H", padded, 24)
    return _Format(rate_hz, frame_bytes) if tag in _CONSTANT_SIZE_CODECS else None


def _read_size_64(fields: bytes) -> int | None:
    return int.from_bytes(fields[8:], "little") or None


def _audio_bytes(file: Seekable, chunk: _Chunk, size_64: int | None) -> int:
    at = file.tell()
    rest = max(0, file.seek(0, os.SEEK_END) - at)
    size = size_64 if chunk.size_bytes == _RF64_SIZE else chunk.size_bytes
    is_known = size is not None and (size == size_64 or 0 < size < _UNKNOWN_BYTES)
    return min(size, rest) if is_known and size else rest


def _seconds(audio_format: _Format | None, size_bytes: int, rate_hz: int | None) -> float | None:
    if audio_format is None or not audio_format.frame_bytes:
        return None
    rate = rate_hz or audio_format.rate_hz
    return size_bytes / audio_format.frame_bytes / rate if rate and size_bytes else None

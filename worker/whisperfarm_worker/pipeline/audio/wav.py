"""Reads WAV headers, of recordings and of ffmpeg's output."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_UNKNOWN_BYTES = 0x7FFF_0000
"""Streaming writers use a size near this or near 2^32 while they do not know it."""


@dataclass(frozen=True, slots=True)
class WavHeader:
    """A WAV header. The samples start at `data_offset`; `data_bytes` is `None` if it is unknown."""

    channels: int
    sample_rate_hz: int
    frame_bytes: int
    data_offset: int
    data_bytes: int | None

    def seconds(self, *, sample_rate_hz: int | None = None) -> float | None:
        """Return the duration in seconds according to the header, or `None` if it is unknown.

        `sample_rate_hz` overrides the rate in the header.
        """
        rate = sample_rate_hz or self.sample_rate_hz
        if self.data_bytes is None or not self.frame_bytes or not rate:
            return None
        return self.data_bytes / self.frame_bytes / rate


def read_header(start: bytes) -> WavHeader | None:
    """Parse the header from the first bytes of a WAV file; `None` if it is not complete."""
    if start[:4] != b"RIFF" or start[8:12] != b"WAVE":
        return None
    format_fields: tuple[int, int, int] | None = None
    for name, at, size in _chunks(start):
        if name == b"fmt " and len(start) >= at + 16:
            _, channels, rate, _, frame_bytes = struct.unpack_from("<HHIIH", start, at)
            format_fields = channels, rate, frame_bytes
        elif name == b"data" and format_fields is not None:
            known = 0 < size < _UNKNOWN_BYTES
            return WavHeader(*format_fields, data_offset=at, data_bytes=size if known else None)
    return None


def _chunks(start: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, offset and size of each RIFF chunk."""
    at = 12
    while at + 8 <= len(start):
        name, size = struct.unpack_from("<4sI", start, at)
        yield name, at + 8, size
        at += 8 + size + size % 2

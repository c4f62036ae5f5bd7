"""WAV headers: what a file says of itself, and where the samples begin in what ffmpeg writes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_UNKNOWN_BYTES = 0x7FFF_0000
"""Streaming writers put a size near this or near 2^32 where they do not know it yet."""


@dataclass(frozen=True, slots=True)
class WavHead:
    """A WAV header up to its samples. `data_bytes` is `None` when the header does not know."""

    channels: int
    sample_rate_hz: int
    frame_bytes: int
    data_at: int
    data_bytes: int | None

    def seconds(self, *, sample_rate_hz: int | None = None) -> float | None:
        """How long the header says that it plays, at its own rate or at another one."""
        rate = sample_rate_hz or self.sample_rate_hz
        if self.data_bytes is None or not self.frame_bytes or not rate:
            return None
        return self.data_bytes / self.frame_bytes / rate


def read_head(start: bytes) -> WavHead | None:
    """The header in the first bytes of a WAV file, or `None` when it is not whole in them."""
    if start[:4] != b"RIFF" or start[8:12] != b"WAVE":
        return None
    shape: tuple[int, int, int] | None = None
    for name, at, size in _chunks(start):
        if name == b"fmt " and len(start) >= at + 16:
            _, channels, rate, _, frame_bytes = struct.unpack_from("<HHIIH", start, at)
            shape = channels, rate, frame_bytes
        elif name == b"data" and shape is not None:
            known = 0 < size < _UNKNOWN_BYTES
            return WavHead(*shape, data_at=at, data_bytes=size if known else None)
    return None


def _chunks(start: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and size of each chunk."""
    at = 12
    while at + 8 <= len(start):
        name, size = struct.unpack_from("<4sI", start, at)
        yield name, at + 8, size
        at += 8 + size + size % 2

"""The peaks of a recording, from which its waveform is drawn: the lowest and the highest sample of
each of many equal parts.

As bytes: a mark, the duration as a double, and two 16-bit integers for each part, little-endian.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

MAX_PEAKS = 2000
FULL_SCALE = 32_767
"""The integer that stands for a sample of 1.0."""

_HEADER = struct.Struct("<4sd")
_MARK = b"WFP1"
_PAIR_BYTES = 4
MAX_BYTES = _HEADER.size + MAX_PEAKS * _PAIR_BYTES


@dataclass(frozen=True, slots=True)
class Peaks:
    """The duration in seconds, and the lowest and highest sample of each part, in order of time.

    The parts have equal lengths, and there are at most `MAX_PEAKS`. Samples are multiples of
    1 / `FULL_SCALE`.
    """

    duration_s: float
    pairs: Sequence[tuple[int, int]]

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` reads."""
        values = [value for pair in self.pairs for value in pair]
        return _HEADER.pack(_MARK, self.duration_s) + struct.pack(f"<{len(values)}h", *values)

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON document. Its samples are from -1 to 1."""
        peaks = [[round(value / FULL_SCALE, 4) for value in pair] for pair in self.pairs]
        return {"duration_s": round(self.duration_s, 3), "peaks": peaks}


def from_bytes(content: bytes) -> Peaks:
    """Return the peaks. Raises `ValueError` if these are not the bytes of any."""
    size_bytes = len(content) - _HEADER.size
    if not 0 <= size_bytes <= MAX_PEAKS * _PAIR_BYTES or size_bytes % _PAIR_BYTES:
        raise ValueError(f"{len(content)} bytes are not those of peaks")
    mark, duration_s = _HEADER.unpack_from(content)
    if mark != _MARK or not isfinite(duration_s) or duration_s < 0:
        raise ValueError("the header is not that of peaks")
    return Peaks(duration_s, tuple(struct.iter_unpack("<hh", content[_HEADER.size :])))

"""Estimates the duration of a stream of frames from samples of it.

The first frames alone would not do: a quiet start has a low bit rate, and streams are joined.
"""

from collections.abc import Iterator
from itertools import islice
from statistics import fmean

from whisperfarm_contract.media import Seekable, frames

SAMPLES = 16
SAMPLE_BYTES = 16 << 10
"""Number of samples that are taken at equal distances, and the size of each."""

_FRAMES_PER_SAMPLE = 16


def estimate_s(file: Seekable, name: str, *, start: int, size_bytes: int) -> float | None:
    """Return the seconds of the stream `name` from `start` to the end of the file."""
    paces = [
        pace
        for at in _positions(start, size_bytes)
        if (pace := _seconds_per_byte(file, name, at)) is not None
    ]
    return (size_bytes - start) * fmean(paces) if paces else None


def _positions(start: int, end: int) -> Iterator[int]:
    """Yield the starts of samples in the middle of equal parts of the stream."""
    parts = min(SAMPLES, max(1, (end - start) // SAMPLE_BYTES))
    part_bytes = (end - start) / parts
    for number in range(parts):
        yield max(start, round(start + (number + 0.5) * part_bytes) - SAMPLE_BYTES // 2)


def _seconds_per_byte(file: Seekable, name: str, at: int) -> float | None:
    file.seek(at)
    data = file.read(SAMPLE_BYTES)
    stream = frames.find(data)
    if stream is None or stream.name != name:
        return None
    sampled = list(islice(frames.follow(data, stream), _FRAMES_PER_SAMPLE))
    seconds = sum(frame.seconds for frame in sampled)
    return seconds / sum(frame.size_bytes for frame in sampled) or None

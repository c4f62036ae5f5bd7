"""Cuts a long recording into sections, so that voice activity detection is saved on the way."""

from collections.abc import Iterator

import numpy as np

from whisperfarm_worker.pipeline.levels.frames import FRAME_S, Levels
from whisperfarm_worker.pipeline.state import TimeSpan

MIN_SECTION_S = 600.0
MAX_SECTION_S = 900.0

_PAUSE_FRAMES = round(1.0 / FRAME_S)


def sections(levels: Levels, span: TimeSpan) -> Iterator[TimeSpan]:
    """Yield a time span in sections of `MIN_SECTION_S` to `MAX_SECTION_S`; the last may be shorter.

    Each ends in the middle of the quietest second of its last five minutes. `levels` are those of
    the whole recording.
    """
    start = span.start
    while span.end - start > MAX_SECTION_S:
        end = _quietest(levels, start + MIN_SECTION_S, start + MAX_SECTION_S)
        yield TimeSpan(start, end)
        start = end
    yield TimeSpan(start, span.end)


def _quietest(levels: Levels, start: float, end: float) -> float:
    """Return the middle of the quietest second between two times."""
    first, last = round(start / FRAME_S), round(end / FRAME_S)
    means = np.convolve(levels[first:last], np.ones(_PAUSE_FRAMES), mode="valid")
    return (first + int(means.argmin()) + _PAUSE_FRAMES // 2) * FRAME_S

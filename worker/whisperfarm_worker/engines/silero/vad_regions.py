"""Converts speech probabilities to speech regions, and regions to windows for the speech model."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import SpeechRegion, Window

_MIN_SILENCE_S = 0.1
"""A shorter silence does not separate two regions."""

_MIN_SPEECH_S = 0.1
"""A shorter region is dropped."""

_SPEECH_PAD_S = 0.1
"""Padding on both sides of a region, so that soft starts and ends of words are included."""


def regions(
    probabilities: NDArray[np.float32], *, frame_s: float, onset: float, offset: float
) -> list[SpeechRegion]:
    """Return the speech regions: from a probability of `onset` or more to one below `offset`.

    `speech` holds the probability of each frame of `frame_s` seconds.
    """
    found: list[SpeechRegion] = []
    for first, last in _active_runs(probabilities, onset, offset):
        start, end = first * frame_s, last * frame_s
        if found and start - found[-1].end < _MIN_SILENCE_S:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(SpeechRegion(start, end))
    kept = [one for one in found if one.end - one.start >= _MIN_SPEECH_S]
    return _pad(kept, seconds=len(probabilities) * frame_s)


def windows(
    found: Sequence[SpeechRegion],
    probabilities: NDArray[np.float32],
    *,
    frame_s: float,
    max_s: float,
) -> list[Window]:
    """Merge regions into windows of at most `max_s` seconds.

    A longer region is cut in the second half of that time, where speech is least probable.
    """
    groups: list[list[SpeechRegion]] = []
    for region in found:
        for part in _split_long(region, probabilities, frame_s, max_s):
            if groups and part.end - groups[-1][0].start <= max_s:
                groups[-1].append(part)
            else:
                groups.append([part])
    return [Window(start=one[0].start, end=one[-1].end, regions=tuple(one)) for one in groups]


def _active_runs(
    probabilities: NDArray[np.float32], onset: float, offset: float
) -> Iterator[tuple[int, int]]:
    """Yield the first frame of each run and the frame after its last."""
    first: int | None = None
    for number, probability in enumerate(probabilities.tolist()):
        if first is None and probability >= onset:
            first = number
        elif first is not None and probability < offset:
            yield first, number
            first = None
    if first is not None:
        yield first, len(probabilities)


def _pad(found: Sequence[SpeechRegion], *, seconds: float) -> list[SpeechRegion]:
    """Pad each region on both sides, at most to the middle of the silence beside it."""
    ends = [0.0, *(one.end for one in found)]
    starts = [*(one.start for one in found), seconds]
    return [
        SpeechRegion(
            max(one.start - _SPEECH_PAD_S, (before + one.start) / 2 if before else 0.0),
            min(one.end + _SPEECH_PAD_S, (one.end + after) / 2 if after < seconds else seconds),
        )
        for one, before, after in zip(found, ends, starts[1:], strict=False)
    ]


def _split_long(
    region: SpeechRegion, probabilities: NDArray[np.float32], frame_s: float, max_s: float
) -> Iterator[SpeechRegion]:
    while region.end - region.start > max_s:
        first = int((region.start + max_s / 2) / frame_s) + 1
        last = int((region.start + max_s) / frame_s)
        at = (first + int(np.argmin(probabilities[first:last]))) * frame_s
        yield SpeechRegion(region.start, at)
        region = replace(region, start=at)
    yield region

"""Converts speech probabilities to speech regions, and regions to chunks for the speech model."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.engines.port import Speech
from whisperfarm_worker.pipeline.state import Stretch

_PAUSE_S = 0.1
"""A shorter silence does not separate two regions."""

_SHORTEST_S = 0.1
"""A shorter region is dropped."""

_MARGIN_S = 0.1
"""Padding on both sides of a region, so that soft starts and ends of words are included."""


def stretches(
    speech: NDArray[np.float32], *, frame_s: float, onset: float, offset: float
) -> list[Stretch]:
    """Return the speech regions: from a probability of `onset` or more to one below `offset`.

    `speech` holds the probability of each frame of `frame_s` seconds.
    """
    found: list[Stretch] = []
    for first, last in _runs(speech, onset, offset):
        start, end = first * frame_s, last * frame_s
        if found and start - found[-1].end < _PAUSE_S:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Stretch(start, end))
    heard = [one for one in found if one.end - one.start >= _SHORTEST_S]
    return _with_margins(heard, seconds=len(speech) * frame_s)


def pieces(
    found: Sequence[Stretch], speech: NDArray[np.float32], *, frame_s: float, longest_s: float
) -> list[Speech]:
    """Merge regions into chunks of at most `longest_s` seconds.

    A longer region is cut in the second half of that time, where speech is least probable.
    """
    held: list[list[Stretch]] = []
    for stretch in found:
        for part in _cut(stretch, speech, frame_s, longest_s):
            if held and part.end - held[-1][0].start <= longest_s:
                held[-1].append(part)
            else:
                held.append([part])
    return [Speech(one[0].start, one[-1].end, tuple(one)) for one in held]


def _runs(speech: NDArray[np.float32], onset: float, offset: float) -> Iterator[tuple[int, int]]:
    """Yield the first frame of each run and the frame after its last."""
    begun: int | None = None
    for number, probability in enumerate(speech.tolist()):
        if begun is None and probability >= onset:
            begun = number
        elif begun is not None and probability < offset:
            yield begun, number
            begun = None
    if begun is not None:
        yield begun, len(speech)


def _with_margins(found: Sequence[Stretch], *, seconds: float) -> list[Stretch]:
    """Pad each region on both sides, at most to the middle of the silence beside it."""
    ends = [0.0, *(one.end for one in found)]
    starts = [*(one.start for one in found), seconds]
    return [
        Stretch(
            max(one.start - _MARGIN_S, (before + one.start) / 2 if before else 0.0),
            min(one.end + _MARGIN_S, (one.end + after) / 2 if after < seconds else seconds),
        )
        for one, before, after in zip(found, ends, starts[1:], strict=False)
    ]


def _cut(
    stretch: Stretch, speech: NDArray[np.float32], frame_s: float, longest_s: float
) -> Iterator[Stretch]:
    while stretch.end - stretch.start > longest_s:
        first = int((stretch.start + longest_s / 2) / frame_s) + 1
        last = int((stretch.start + longest_s) / frame_s)
        at = (first + int(np.argmin(speech[first:last]))) * frame_s
        yield Stretch(stretch.start, at)
        stretch = replace(stretch, start=at)
    yield stretch

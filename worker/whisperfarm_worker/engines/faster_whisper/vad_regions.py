"""From probabilities of speech to stretches of it, and to pieces that a speech model can take."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.engines.port import Speech
from whisperfarm_worker.pipeline.state import Stretch

_PAUSE_S = 0.1
"""A shorter silence is part of the speech around it."""

_SHORTEST_S = 0.1
"""A shorter sound is none of speech."""

_MARGIN_S = 0.1
"""Added before and after: breath and soft ends belong to the words."""


def stretches(
    speech: NDArray[np.float32], *, frame_s: float, onset: float, offset: float
) -> list[Stretch]:
    """Where somebody speaks: from a probability of `onset` to one below `offset`.

    `speech` has the probability of each frame.
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
    """The stretches together, in pieces of at most `longest_s`; a longer one is cut.

    It is cut in its second half, where speech is least likely.
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
    """First frame, and the one after the last, of each run."""
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
    """Each a little longer on both sides, but never into its neighbour's half of the silence."""
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

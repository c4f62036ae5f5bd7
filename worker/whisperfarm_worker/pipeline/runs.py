"""Runs of equal frames in a mask."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""A value for each frame."""


def runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """Yield the first frame of each run of true values, and the frame after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def drop_short(mask: Mask, min_frames: int) -> Mask:
    """Return the mask without its runs of fewer than `min_frames`."""
    kept = np.zeros_like(mask)
    for first, last in runs(mask):
        kept[first:last] = last - first >= min_frames
    return kept


def widen(mask: Mask, frames: int) -> Mask:
    """Return the mask with each run longer by this many frames on both sides."""
    counts = np.concatenate([[0], np.cumsum(mask)])
    index = np.arange(len(mask))
    first = np.maximum(index - frames, 0)
    last = np.minimum(index + frames + 1, len(mask))
    widened: Mask = counts[last] > counts[first]
    return widened

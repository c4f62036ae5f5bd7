"""Activity of the local speakers of each chunk."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyannote.audio import Inference
from pyannote.audio.utils.signal import binarize
from pyannote.core import SlidingWindow, SlidingWindowFeature


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSpeakers:
    """Scores and activity of local speakers, each of shape (chunks, frames, speakers).

    - `scores`: the model's scores; the same array as `active` if the model has no scores
    - `active`: whether the speaker is active
    - `chunks`, `frames`: times of the chunks, and of the frames of the recording
    """

    scores: NDArray[np.float32] | NDArray[np.bool_]
    active: NDArray[np.bool_]
    chunks: SlidingWindow
    frames: SlidingWindow

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether a speaker is active in any frame of a chunk, of shape (chunks, speakers)."""
        return np.asarray(self.active.any(axis=1))


def from_scores(
    blocks: Iterable[NDArray[np.float32]],
    threshold: float | None,
    *,
    chunks: SlidingWindow,
    frames: SlidingWindow,
) -> LocalSpeakers:
    """Return the local speakers for the model's outputs.

    Without a threshold, the outputs are 0 or 1: the model names the active speakers (powerset).
    """
    if threshold is None:
        active = np.concatenate([block.astype(bool) for block in blocks])
        return LocalSpeakers(scores=active, active=active, chunks=chunks, frames=frames)
    pairs = [(block, _binarized(block, threshold)) for block in blocks]
    scores, active = (np.concatenate(arrays) for arrays in zip(*pairs, strict=True))
    return LocalSpeakers(scores=scores, active=active, chunks=chunks, frames=frames)


def count_active(speakers: LocalSpeakers) -> SlidingWindowFeature:
    """Return how many speakers are active in each frame: the mean of its chunks, rounded."""
    counts = speakers.active.sum(axis=2, keepdims=True, dtype=np.uint8)
    count = Inference.aggregate(
        SlidingWindowFeature(counts, speakers.chunks), speakers.frames, missing=0.0
    )
    count.data = np.rint(count.data).astype(np.uint8)
    return count


def embedding_masks(active: NDArray[np.bool_], *, min_frames: int | None) -> NDArray[np.bool_]:
    """Return the frames from which each speaker is embedded, of shape (chunks, speakers, frames).

    Those in which no other speaker is active, if there are more than `min_frames` of them.
    Otherwise, and with `None`, all frames in which the speaker is active.
    """
    masks = active
    if min_frames is not None:
        alone = active & (active.sum(axis=2, keepdims=True) == 1)
        masks = np.where(alone.sum(axis=1, keepdims=True) > min_frames, alone, active)
    return masks.transpose(0, 2, 1)


def _binarized(block: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
    chunks, frames, speakers = block.shape
    rows = block.transpose(0, 2, 1).reshape(-1, frames)
    active = binarize(rows, onset=threshold, initial_state=False)
    return np.asarray(active, bool).reshape(chunks, speakers, frames).transpose(0, 2, 1)

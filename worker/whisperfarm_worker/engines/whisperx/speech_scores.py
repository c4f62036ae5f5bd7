"""Scores of speech by a segmentation model of pyannote, for recordings of any length."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference
from pyannote.audio.utils.reproducibility import fix_reproducibility
from pyannote.core import Segment, SlidingWindow, SlidingWindowFeature

from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_BLOCK_BATCHES = 20
"""Batches of overlapping chunks whose outputs for each class are held at once."""


class SpeechScores:
    """pyannote's inference, with the same scores and less memory.

    The model's outputs for all classes are kept for one block of the recording only. The blocks end
    between batches, so that the batches are those of the whole recording.
    """

    def __init__(self, inference: Inference, *, block_batches: int = _BLOCK_BATCHES) -> None:
        self._inference: Any = inference  # its annotations cover models with several outputs
        self._block_chunks = block_batches * inference.batch_size
        self._inference.skip_aggregation = True
        self._step = round(inference.step * SAMPLE_RATE_HZ)
        self._chunk = int(inference.model.audio.get_num_samples(inference.duration))

    def __call__(self, samples: Samples, on_progress: OnProgress) -> SlidingWindowFeature:
        """Return a score for each frame. `on_progress` is called after each batch."""
        outputs = np.concatenate(list(self._blocks(samples, on_progress)))
        chunks = SlidingWindow(
            start=0.0, duration=self._inference.duration, step=self._inference.step
        )
        scores = self._inference.aggregate(
            SlidingWindowFeature(outputs, chunks),
            self._inference.model.receptive_field,
            warm_up=self._inference.warm_up,
            hamming=True,
            missing=0.0,
        )
        if self._has_padding(len(samples)):
            scores.data = scores.crop(Segment(0.0, len(samples) / SAMPLE_RATE_HZ), mode="loose")
        return scores

    def _blocks(self, samples: Samples, on_progress: OnProgress) -> Iterator[NDArray[np.float32]]:
        """Yield the scores of the chunks of each block, of shape (chunks, frames, 1)."""
        fix_reproducibility(self._inference.device)
        starts = range(0, self._chunk_count(len(samples)), self._block_chunks)
        for number, first in enumerate(starts):
            after_batch = partial(_report, on_progress, number / len(starts), 1 / len(starts))
            start = first * self._step
            end = start + (self._block_chunks - 1) * self._step + self._chunk
            is_last = number + 1 == len(starts)
            block = samples[start:] if is_last else samples[start:end]
            waveform = torch.from_numpy(block)[None]
            output = self._inference.slide(waveform, SAMPLE_RATE_HZ, hook=after_batch)
            yield self._inference.pre_aggregation_hook(output.data)

    def _chunk_count(self, count: int) -> int:
        whole = max(0, (count - self._chunk) // self._step + 1)
        return whole + self._has_padding(count)

    def _has_padding(self, count: int) -> bool:
        return count < self._chunk or (count - self._chunk) % self._step > 0


def _report(
    on_progress: Callable[[float], None], done: float, share: float, *, completed: int, total: int
) -> None:
    on_progress(min(done + share * completed / total, 1.0))

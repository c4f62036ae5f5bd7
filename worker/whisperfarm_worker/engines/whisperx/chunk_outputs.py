"""Outputs of a segmentation model of pyannote for the overlapping chunks of a recording."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference
from pyannote.audio.utils.reproducibility import fix_reproducibility
from pyannote.core import SlidingWindow

from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

BLOCK_BATCHES = 20
"""Batches of overlapping chunks whose outputs for each class are held at once."""


class ChunkOutputs:
    """pyannote's inference, in blocks of a recording of any length.

    The blocks end between batches, so that the batches are those of the whole recording.
    """

    def __init__(self, inference: Inference, *, block_batches: int = BLOCK_BATCHES) -> None:
        self._inference: Any = inference  # its annotations cover models with several outputs
        self._block_chunks = block_batches * inference.batch_size
        self._inference.skip_aggregation = True
        self._step = round(inference.step * SAMPLE_RATE_HZ)
        self._chunk = int(inference.model.audio.get_num_samples(inference.duration))

    def __call__(self, samples: Samples, on_progress: OnProgress) -> Iterator[NDArray[np.float32]]:
        """Yield the outputs of the chunks of each block, of shape (chunks, frames, classes).

        `on_progress` is called after each batch.
        """
        fix_reproducibility(self._inference.device)
        starts = range(0, self._chunk_count(len(samples)), self._block_chunks)
        for number, first in enumerate(starts):
            after_batch = partial(_report, on_progress, number / len(starts), 1 / len(starts))
            start = first * self._step
            end = start + (self._block_chunks - 1) * self._step + self._chunk
            is_last = number + 1 == len(starts)
            block = samples[start:] if is_last else samples[start:end]
            waveform = torch.from_numpy(block)[None]
            yield self._inference.slide(waveform, SAMPLE_RATE_HZ, hook=after_batch).data

    @property
    def chunks(self) -> SlidingWindow:
        """Times of the chunks."""
        return SlidingWindow(
            start=0.0, duration=self._inference.duration, step=self._inference.step
        )

    def has_padding(self, count: int) -> bool:
        """Return whether the last chunk of a number of samples is padded."""
        return count < self._chunk or (count - self._chunk) % self._step > 0

    def _chunk_count(self, count: int) -> int:
        whole = max(0, (count - self._chunk) // self._step + 1)
        return whole + self.has_padding(count)


def _report(
    on_progress: Callable[[float], None], done: float, share: float, *, completed: int, total: int
) -> None:
    on_progress(min(done + share * completed / total, 1.0))

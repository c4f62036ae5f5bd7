"""Outputs of a segmentation model of pyannote for the overlapping chunks of a recording."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference
from pyannote.audio.utils.reproducibility import fix_reproducibility
from pyannote.core import SlidingWindow
from torch import Tensor
from torch.nn.functional import pad

from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.whisperx.overlapping_sincnet import share_first_layer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

BLOCK_BATCHES = 20
"""Batches of overlapping chunks whose outputs for each class are held at once."""


class ChunkOutputs:
    """pyannote's inference, in blocks of a recording of any length.

    If the model's first layer allows it, it runs once for what the chunks of a batch share.
    """

    def __init__(self, inference: Inference, *, block_batches: int = BLOCK_BATCHES) -> None:
        self._inference: Any = inference  # its annotations cover models with several outputs
        self._block_chunks = block_batches * inference.batch_size
        self._step = round(inference.step * SAMPLE_RATE_HZ)
        self._chunk = int(inference.model.audio.get_num_samples(inference.duration))
        self._shared = share_first_layer(inference.model, chunk=self._chunk, step=self._step)

    def __call__(self, samples: Samples, on_progress: OnProgress) -> Iterator[NDArray[np.float32]]:
        """Yield the outputs of the chunks of each block, of shape (chunks, frames, classes).

        `on_progress` is called after each batch.
        """
        fix_reproducibility(self._inference.device)
        count = self._chunk_count(len(samples))
        block: list[NDArray[np.float32]] = []
        for first in range(0, count, self._inference.batch_size):
            end = min(first + self._inference.batch_size, count)
            block.append(self._outputs(samples, first, end))
            on_progress(end / count)
            if end == count or end % self._block_chunks == 0:
                yield np.concatenate(block)
                block = []

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

    def _outputs(self, samples: Samples, first: int, end: int) -> NDArray[np.float32]:
        """Return the outputs of the chunks from `first` to `end`."""
        length = (end - first - 1) * self._step + self._chunk
        start = first * self._step
        waveform = torch.from_numpy(samples[start : start + length])
        return self._infer(pad(waveform, (0, length - len(waveform))))

    def _infer(self, waveform: Tensor) -> NDArray[np.float32]:
        batch = waveform[None] if self._shared else waveform.unfold(0, self._chunk, self._step)
        outputs: NDArray[np.float32] = self._inference.infer(batch[:, None])
        return outputs

"""Scores of speech by a segmentation model of pyannote, for recordings of any length."""

from typing import Any

import numpy as np
from pyannote.audio import Inference
from pyannote.core import Segment, SlidingWindowFeature

from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.whisperx.chunk_outputs import BLOCK_BATCHES, ChunkOutputs
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples


class SpeechScores:
    """pyannote's inference, with the same scores and less memory.

    The model's outputs for all classes are kept for one block of the recording only.
    """

    def __init__(self, inference: Inference, *, block_batches: int = BLOCK_BATCHES) -> None:
        self._inference: Any = inference  # its annotations cover models with several outputs
        self._outputs = ChunkOutputs(inference, block_batches=block_batches)

    def __call__(self, samples: Samples, on_progress: OnProgress) -> SlidingWindowFeature:
        """Return a score for each frame. `on_progress` is called after each batch."""
        to_speech = self._inference.pre_aggregation_hook
        blocks = [to_speech(block) for block in self._outputs(samples, on_progress)]
        scores = self._inference.aggregate(
            SlidingWindowFeature(np.concatenate(blocks), self._outputs.chunks),
            self._inference.model.receptive_field,
            warm_up=self._inference.warm_up,
            hamming=True,
            missing=0.0,
        )
        if self._outputs.has_padding(len(samples)):
            scores.data = scores.crop(Segment(0.0, len(samples) / SAMPLE_RATE_HZ), mode="loose")
        return scores

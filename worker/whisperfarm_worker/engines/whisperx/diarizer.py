"""Speaker diarization by the models of a pyannote pipeline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyannote.audio.pipelines.utils.diarization import set_num_speakers
from pyannote.core import SlidingWindowFeature

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.whisperx.chunk_outputs import ChunkOutputs
from whisperfarm_worker.engines.whisperx.diarization import linkage
from whisperfarm_worker.engines.whisperx.diarization.embeddings import SpeakerEmbedder
from whisperfarm_worker.engines.whisperx.diarization.local_speakers import (
    LocalSpeakers,
    count_active,
    from_scores,
)
from whisperfarm_worker.engines.whisperx.diarization.pipeline import load_pipeline
from whisperfarm_worker.engines.whisperx.diarization.reconstruction import reconstruct, to_turns
from whisperfarm_worker.engines.whisperx.diarization.voices import PipelineVoices
from whisperfarm_worker.pipeline.state import Samples

_BATCH_CHUNKS = {"cpu": 4, "cuda": 32}
"""Chunks in a batch of the embedding model; ResNet34 needs about 40 MB for each of 10 seconds."""

_SEGMENTATION_SHARE = 0.3
"""Fraction of the progress at which the embeddings begin."""


class PyannoteDiarizer:
    """The pipeline's own steps, with its models and parameters, for recordings of any length."""

    def __init__(self, folder: Path, device: Device, semaphore: FairSemaphore) -> None:
        linkage.install()
        self._pipeline = load_pipeline(folder, device)
        self._outputs = ChunkOutputs(self._pipeline._segmentation)
        self._embedder = SpeakerEmbedder(
            self._pipeline, batch_chunks=_BATCH_CHUNKS[device.device_type]
        )
        self._voices = PipelineVoices(self._pipeline)
        self._semaphore = semaphore

    @property
    def voice_model(self) -> str:
        return self._voices.model

    def voice(self, parts: Sequence[Samples]) -> NDArray[np.float32] | None:
        with self._semaphore:
            return self._voices(parts)

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        bounds = set_num_speakers(num_speakers, min_speakers, max_speakers)
        samples = np.ascontiguousarray(samples)
        speakers = self._local_speakers(samples, on_progress)
        count = count_active(speakers)
        if not count.data.any():
            return []
        embeddings = self._embeddings(samples, speakers, on_progress)
        clusters = self._clusters(embeddings, speakers, bounds)
        count.data = np.minimum(count.data, bounds[2]).astype(np.int8)
        return to_turns(
            self._pipeline,
            reconstruct(speakers, clusters, count),
            min_duration_off=self._pipeline.segmentation.min_duration_off,
        )

    def _local_speakers(self, samples: Samples, on_progress: OnProgress) -> LocalSpeakers:
        model: Any = self._pipeline._segmentation.model
        parameters = self._pipeline.segmentation
        with self._semaphore:
            return from_scores(
                self._outputs(samples, self._yielding(on_progress, 0.0, _SEGMENTATION_SHARE)),
                None if model.specifications.powerset else parameters.threshold,
                chunks=self._outputs.chunks,
                frames=model.receptive_field,
            )

    def _embeddings(
        self, samples: Samples, speakers: LocalSpeakers, on_progress: OnProgress
    ) -> NDArray[np.float32]:
        after_batch = self._yielding(on_progress, _SEGMENTATION_SHARE, 1.0)
        with self._semaphore:
            return self._embedder(samples, speakers, after_batch)

    def _clusters(
        self,
        embeddings: NDArray[np.float32],
        speakers: LocalSpeakers,
        bounds: tuple[int | None, int, float],
    ) -> NDArray[np.integer]:
        """Return the cluster of each local speaker. The device is free for others meanwhile."""
        number, fewest, most = bounds
        clusters, _, _ = self._pipeline.clustering(
            embeddings=embeddings,
            segmentations=SlidingWindowFeature(speakers.active, speakers.chunks),
            num_clusters=number,
            min_clusters=fewest,
            max_clusters=most,
        )
        return np.asarray(clusters)

    def _yielding(self, on_progress: OnProgress, start: float, end: float) -> OnProgress:
        """Return a callback that reports a part of the progress and yields the device."""

        def after_batch(done: float) -> None:
            on_progress(start + done * (end - start))
            self._semaphore.yield_turn()

        return after_batch

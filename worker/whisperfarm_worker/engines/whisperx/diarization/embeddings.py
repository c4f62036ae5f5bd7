"""Embeddings of the local speakers of each chunk.

pyannote runs the whole embedding model once for each local speaker of a chunk. All its layers but
the last are the same for them, so here they run once for the chunk; only the pooling over the
frames of a speaker, and the last layer, run for each.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.pipelines import SpeakerDiarization

from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.whisperx.diarization.local_speakers import (
    LocalSpeakers,
    embedding_masks,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples


class SpeakerEmbedder:
    """The embedding model of a pipeline, for batches of at most `batch_chunks` chunks."""

    def __init__(self, pipeline: SpeakerDiarization, *, batch_chunks: int) -> None:
        self._audio = pipeline._audio
        self._model: Any = pipeline._embedding.model_
        self._device = pipeline._embedding.device
        self._batch_chunks = batch_chunks
        self._min_samples: int | None = None
        if pipeline.embedding_exclude_overlap:
            self._min_samples = pipeline._embedding.min_num_samples

    def __call__(
        self, samples: Samples, speakers: LocalSpeakers, on_progress: OnProgress
    ) -> NDArray[np.float32]:
        """Return embeddings of shape (chunks, speakers, dimension). Those of inactive speakers are
        arbitrary. `on_progress` is called after each batch."""
        present = speakers.present
        audio = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE_HZ}
        embeddings = np.ones((*present.shape, self._model.dimension), np.float32)
        indexes = np.flatnonzero(present.any(axis=1))
        for start in range(0, len(indexes), self._batch_chunks):
            batch = indexes[start : start + self._batch_chunks]
            waveforms = [self._audio.crop(audio, speakers.chunks[i], mode="pad")[0] for i in batch]
            masks = embedding_masks(speakers.active[batch], min_frames=self._min_frames(speakers))
            embeddings[batch] = self._embed(torch.stack(waveforms), masks)
            on_progress(min((start + len(batch)) / len(indexes), 1.0))
        return embeddings

    @torch.inference_mode()
    def _embed(self, waveforms: torch.Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the embeddings of the speakers of a batch of chunks."""
        frames = self._model.forward_frames(waveforms.to(self._device))
        weights = torch.from_numpy(masks).to(self._device, torch.float32)
        embeddings = np.ones((*masks.shape[:2], self._model.dimension), np.float32)
        for speaker, present in enumerate(np.asarray(masks.any(axis=2)).T):
            if present.any():
                found = self._model.forward_embedding(frames[present], weights[present, speaker])
                embeddings[present, speaker] = found.cpu().numpy()
        return embeddings

    def _min_frames(self, speakers: LocalSpeakers) -> int | None:
        if self._min_samples is None:
            return None
        chunk_samples = speakers.chunks.duration * SAMPLE_RATE_HZ
        return math.ceil(speakers.active.shape[1] * self._min_samples / chunk_samples)

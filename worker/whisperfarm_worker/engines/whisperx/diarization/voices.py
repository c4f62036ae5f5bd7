"""The voice of one speaker, by the embedding model of a pipeline."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.pipelines import SpeakerDiarization

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_PIECE_SAMPLES = 10 * SAMPLE_RATE_HZ
_MIN_PIECE_SAMPLES = SAMPLE_RATE_HZ // 2


class PipelineVoices:
    """Embeddings of voices. `model` is the digest of the weights that compute them."""

    def __init__(self, pipeline: SpeakerDiarization) -> None:
        self._model: Any = pipeline._embedding.model_
        self._device = pipeline._embedding.device
        self.model = _digest(self._model)

    @torch.inference_mode()
    def __call__(self, parts: Sequence[Samples]) -> NDArray[np.float32] | None:
        """Return the mean direction of the embeddings of all parts, by their lengths.

        Returns `None` if no part is long enough, or if it has no direction.
        """
        total = np.zeros(self._model.dimension, np.float32)
        for piece in _pieces(parts):
            waveform = torch.from_numpy(piece)[None, None].to(self._device)
            frames = self._model.forward_frames(waveform)
            embedding = self._model.forward_embedding(frames).cpu().numpy().reshape(-1)
            total += len(piece) * _unit(embedding)
        return _unit(total) if np.any(total) and np.isfinite(total).all() else None


def _pieces(parts: Sequence[Samples]) -> Iterator[Samples]:
    for part in parts:
        for start in range(0, len(part), _PIECE_SAMPLES):
            piece = np.array(part[start : start + _PIECE_SAMPLES], np.float32)
            if len(piece) >= _MIN_PIECE_SAMPLES:
                yield piece


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


def _digest(model: Any) -> str:
    digest = sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.cpu().numpy()).tobytes())
    return digest.hexdigest()

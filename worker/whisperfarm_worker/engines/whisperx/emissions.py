"""Emissions of a wav2vec2 model: log probabilities of characters in each frame."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import pad_sequence

from whisperfarm_worker.pipeline.state import Samples

_MIN_SAMPLES = 400
"""The shortest input that a wav2vec2 model's convolutions accept."""


class Emissions:
    """A wav2vec2 model from torchaudio or Hugging Face, called as in WhisperX."""

    def __init__(self, model: torch.nn.Module, device: str) -> None:
        self._model: Any = model.eval()
        self._device = device
        config = getattr(model, "config", None)
        self._is_hugging_face = config is not None
        # With layer normalization, an output does not depend on the rest of the batch. Group
        # normalization takes statistics over the whole length, which includes the padding.
        # Models of torchaudio have no `config` that says which they use.
        self.can_batch = getattr(config, "feat_extract_norm", None) == "layer"

    @torch.inference_mode()
    def __call__(self, batch_of_samples: Sequence[Samples]) -> list[NDArray[np.float32]]:
        """Return log probabilities of shape (frames, characters), one array for each input."""
        tensors = [_pad_to_minimum(samples) for samples in batch_of_samples]
        if len(tensors) == 1 or not self.can_batch:
            return [self._single(tensor) for tensor in tensors]
        return self._batched(tensors)

    def _single(self, tensor: torch.Tensor) -> NDArray[np.float32]:
        batch = tensor[None].to(self._device)
        logits = self._model(batch).logits if self._is_hugging_face else self._model(batch)[0]
        return _log_probabilities(logits[0])

    def _batched(self, tensors: list[torch.Tensor]) -> list[NDArray[np.float32]]:
        lengths = torch.tensor([len(tensor) for tensor in tensors])
        batch = pad_sequence(tensors, batch_first=True)
        mask = torch.arange(batch.shape[1])[None] < lengths[:, None]
        logits = self._model(
            batch.to(self._device), attention_mask=mask.long().to(self._device)
        ).logits
        frames = self._model._get_feat_extract_output_lengths(lengths)
        return [_log_probabilities(one[:count]) for one, count in zip(logits, frames, strict=True)]


def _pad_to_minimum(samples: Samples) -> torch.Tensor:
    missing = _MIN_SAMPLES - len(samples)
    return torch.nn.functional.pad(torch.from_numpy(samples), (0, max(missing, 0)))


def _log_probabilities(logits: torch.Tensor) -> NDArray[np.float32]:
    result: NDArray[np.float32] = torch.log_softmax(logits, dim=-1).float().cpu().numpy()
    return result

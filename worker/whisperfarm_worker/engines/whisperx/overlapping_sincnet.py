"""SincNet for overlapping chunks of a recording, whose first layer runs once for all of them."""

from typing import Any, cast

import torch
import torch.nn.functional as F
from pyannote.audio import Model
from pyannote.audio.models.blocks.sincnet import SincNet
from pyannote.audio.models.segmentation import PyanNet
from torch import Tensor

_POOL = 3
"""Responses of a filter of which the first layer takes the highest absolute value."""


def share_first_layer(model: Model, *, chunk: int, step: int) -> bool:
    """Let the model take the audio of several chunks at once, of shape (1, 1, samples).

    A chunk of `chunk` samples starts every `step` samples. Returns False, and changes nothing, if
    the model is another than PyanNet, or its filters are not at the same places in all chunks.
    """
    if not isinstance(model, PyanNet) or step % model.sincnet.stride:
        return False
    shared = OverlappingSincNet(model.sincnet, chunk=chunk, step=step)
    model.sincnet = shared.to(model.device).eval()
    return True


class OverlappingSincNet(SincNet):
    """A trained SincNet that takes the audio of several chunks at once.

    The first layer, with by far the longest filters, normalizes each chunk, filters it, and takes
    the highest absolute values. Filters are linear, so the audio of all chunks is filtered once,
    and the responses are normalized instead (decision 0232).
    """

    def __init__(self, trained: SincNet, *, chunk: int, step: int) -> None:
        """Take the weights of `trained`. A chunk of `chunk` samples starts every `step` samples,
        which is a multiple of the stride of the filters."""
        super().__init__(trained.sample_rate, trained.stride)
        self.load_state_dict(trained.state_dict())
        self._chunk, self._step = chunk, step

    def forward(self, waveforms: Tensor) -> Tensor:
        """Return the features of each chunk, of shape (chunks, features, frames).

        `waveforms` has the shape (1, 1, samples) and ends with the last chunk.
        """
        outputs = self._filter(waveforms)
        for number, norm in enumerate(self.norm1d):
            if number:
                outputs = self.pool1d[number](self.conv1d[number](outputs))
            outputs = F.leaky_relu(norm(outputs))
        return outputs

    def _filter(self, waveforms: Tensor) -> Tensor:
        """Return the highest absolute responses, of shape (chunks, filters, frames)."""
        filters: Tensor = cast("Any", self.conv1d[0]).filterbank.filters()
        responses = F.conv1d(waveforms, filters, stride=self.stride)[0]
        filtered = (self._chunk - filters.shape[2]) // self.stride + 1
        highest = self._by_chunk(F.max_pool1d(responses, _POOL, stride=1), filtered)
        lowest = self._by_chunk(-F.max_pool1d(-responses, _POOL, stride=1), filtered)
        gain, offset = self._normalization(waveforms[0, 0])
        offsets = offset[:, None, None] * filters.sum(2)
        high = torch.addcmul(offsets, highest, gain[:, None, None]).abs_()
        low = torch.addcmul(offsets, lowest, gain[:, None, None]).abs_()
        return torch.maximum(high, low, out=high)

    def _by_chunk(self, responses: Tensor, filtered: int) -> Tensor:
        """Return those of each chunk as (chunks, filters, frames); `filtered` were pooled."""
        last = (filtered // _POOL - 1) * _POOL
        chunks = responses.unfold(1, last + 1, self._step // self.stride)
        return chunks[:, :, ::_POOL].transpose(0, 1)

    def _normalization(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gain and the offset of the samples of each chunk."""
        norm = self.wav_norm1d
        chunks = waveform.unfold(0, self._chunk, self._step)
        variance, mean = torch.var_mean(chunks, dim=1, correction=0)
        gain = norm.weight * torch.rsqrt(variance + norm.eps)
        return gain, norm.bias - mean * gain

"""The demo's speaker embedding, in the form that pyannote.audio loads.

The checkpoint under `models/diarize/embedding` names this class. pyannote's own embeddings are
made for thousands of real voices: a hundred times as large, and slow without a GPU.
"""

from functools import lru_cache

import torch
from pyannote.audio.core.model import Model
from pyannote.audio.models.blocks.pooling import StatsPool
from torch import nn
from torchaudio.transforms import MelSpectrogram

_HOP_SAMPLES, _WINDOW_SAMPLES = 320, 512
"""Frames of 20 ms, each looking at 32 ms."""

_CONTEXT_FRAMES = 8
_FLOOR_DECADES = 6.0


class LogMel(nn.Module):
    """Waveforms (B, 1, samples) to decades below the loudest spot, (B, mels, frames)."""

    def __init__(self, *, mels: int) -> None:
        super().__init__()
        self.mel = MelSpectrogram(
            16_000, n_fft=_WINDOW_SAMPLES, hop_length=_HOP_SAMPLES, n_mels=mels
        )

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """From -0.5 (six decades down) to 0.5 (the loudest spot): the level says nothing."""
        decades = self.mel(waveforms.squeeze(1)).clamp(min=1e-10).log10()
        below = decades - decades.amax(dim=(1, 2), keepdim=True)
        return below.clamp(min=-_FLOOR_DECADES) / _FLOOR_DECADES + 0.5


class SpeakerEmbedding(Model):
    """Log-mel frames, three convolutions, mean and deviation over time, one linear map."""

    def __init__(
        self,
        sample_rate: int = 16_000,
        num_channels: int = 1,
        *,
        mels: int = 48,
        channels: int = 128,
        dimension: int = 64,
        task: None = None,
    ) -> None:
        super().__init__(sample_rate=sample_rate, num_channels=num_channels, task=task)
        self.save_hyperparameters("sample_rate", "num_channels", "mels", "channels", "dimension")
        self.features = LogMel(mels=mels)
        self.frames = nn.Sequential(
            nn.Conv1d(mels, channels, 5, padding=2), nn.ReLU(), nn.BatchNorm1d(channels),
            nn.Conv1d(channels, channels, 3, padding=1), nn.ReLU(), nn.BatchNorm1d(channels),
            nn.Conv1d(channels, channels, 3, padding=1), nn.ReLU(), nn.BatchNorm1d(channels),
        )  # fmt: skip
        self.pool = StatsPool()
        self.projection = nn.Linear(2 * channels, dimension)

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return int(self.hparams["dimension"])

    @lru_cache  # noqa: B019 - pyannote's own models do the same, and a model lives as long
    def num_frames(self, num_samples: int) -> int:
        """Frames that so many samples become."""
        return 1 + num_samples // _HOP_SAMPLES

    def receptive_field_size(self, num_frames: int = 1) -> int:
        """Samples that so many frames look at."""
        return _WINDOW_SAMPLES + (num_frames - 1 + _CONTEXT_FRAMES) * _HOP_SAMPLES

    def receptive_field_center(self, frame: int = 0) -> int:
        """Sample in the middle of what a frame looks at."""
        return frame * _HOP_SAMPLES

    def forward(  # type: ignore[override]  # as pyannote's own embeddings have it
        self, waveforms: torch.Tensor, weights: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Embeddings (B, D) of waveforms (B, 1, samples), frames weighted by (B, frames)."""
        pooled = self.pool(self.frames(self.features(waveforms)), weights=weights)
        return self.projection(pooled)

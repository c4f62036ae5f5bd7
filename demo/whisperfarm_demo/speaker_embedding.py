"""The speaker embedding of the demo, as a model of pyannote.audio.

The checkpoint `models/diarize/embedding` names this class. The embeddings of pyannote are trained
on thousands of real voices, are a hundred times larger, and are slow without a GPU.
"""

from functools import lru_cache

import torch
from pyannote.audio.core.model import Model
from pyannote.audio.models.blocks.pooling import StatsPool
from torch import nn
from torchaudio.transforms import MelSpectrogram

_HOP_SAMPLES, _WINDOW_SAMPLES = 320, 512
"""Frames every 20 ms, each with a window of 32 ms."""

_CONTEXT_FRAMES = 8
_FLOOR_DECADES = 6.0


class LogMel(nn.Module):
    """Log-mel features (B, mels, frames) of waveforms (B, 1, samples), relative to their peak."""

    def __init__(self, *, mels: int) -> None:
        super().__init__()
        self.mel = MelSpectrogram(
            16_000, n_fft=_WINDOW_SAMPLES, hop_length=_HOP_SAMPLES, n_mels=mels
        )

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return values from -0.5 (six decades below the peak) to 0.5 (the peak).

        They do not depend on the level of the recording.
        """
        decades = self.mel(waveforms.squeeze(1)).clamp(min=1e-10).log10()
        below = decades - decades.amax(dim=(1, 2), keepdim=True)
        return below.clamp(min=-_FLOOR_DECADES) / _FLOOR_DECADES + 0.5


class SpeakerEmbedding(Model):
    """Log-mel features, three convolutions, mean and deviation over time, a linear projection."""

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
        """The dimension D of an embedding."""
        return int(self.hparams["dimension"])

    @lru_cache  # noqa: B019 - as in pyannote's models, which live as long as the process
    def num_frames(self, num_samples: int) -> int:
        """Return the number of frames for a number of samples."""
        return 1 + num_samples // _HOP_SAMPLES

    def receptive_field_size(self, num_frames: int = 1) -> int:
        """Return the number of samples that contribute to a number of frames."""
        return _WINDOW_SAMPLES + (num_frames - 1 + _CONTEXT_FRAMES) * _HOP_SAMPLES

    def receptive_field_center(self, frame: int = 0) -> int:
        """Return the sample at the center of a frame's receptive field."""
        return frame * _HOP_SAMPLES

    def forward(  # type: ignore[override]  # the signature of pyannote's embeddings
        self, waveforms: torch.Tensor, weights: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return embeddings (B, D) of waveforms (B, 1, samples).

        `weights` (B, frames) weights the frames.
        """
        return self.forward_embedding(self.forward_frames(waveforms), weights)

    def forward_frames(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return features (B, channels, frames) of waveforms (B, 1, samples)."""
        features: torch.Tensor = self.frames(self.features(waveforms))
        return features

    def forward_embedding(
        self, frames: torch.Tensor, weights: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return embeddings (B, D) of the features of frames."""
        embeddings: torch.Tensor = self.projection(self.pool(frames, weights=weights))
        return embeddings

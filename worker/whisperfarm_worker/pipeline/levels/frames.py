"""The level of sound in frames of 20 ms, in dB of full scale."""

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

FRAME_S = 0.02
SILENCE_DB = -120.0

_FRAME_SAMPLES = round(FRAME_S * SAMPLE_RATE_HZ)
_BLOCK_FRAMES = 50 * 60
"""A minute: the recording may be larger than the memory."""

Levels = NDArray[np.float32]
"""RMS levels in dB of full scale, of shape (frames,)."""


def frame_levels(samples: Samples) -> Levels:
    """Return the level of each whole frame. A constant offset of the samples does not count."""
    size = _BLOCK_FRAMES * _FRAME_SAMPLES
    blocks = [_levels(samples[start : start + size]) for start in range(0, len(samples), size)]
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def mean_level(levels: Levels) -> float:
    """Return the level of the mean power, or that of silence for no frames."""
    if not len(levels):
        return SILENCE_DB
    return float(10 * np.log10(np.mean(10 ** (levels.astype(np.float64) / 10))))


def _levels(samples: Samples) -> Levels:
    whole = len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES
    power = samples[:whole].reshape(-1, _FRAME_SAMPLES).var(axis=1)
    levels: Levels = (10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))).astype(np.float32)
    return levels

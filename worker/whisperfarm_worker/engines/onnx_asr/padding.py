"""Pads short windows: Parakeet finds no words in less than about two seconds."""

import numpy as np

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

MIN_WINDOW_SAMPLES = 3 * SAMPLE_RATE_HZ
_FRAME_SAMPLES = 320
_MAX_NOISE = 1e-3
"""Maximum amplitude of the padding: 60 dB below full scale."""


def pad(samples: Samples) -> tuple[Samples, int]:
    """Return at least 3 s of samples, and how many were added before the given ones.

    The padding is noise as loud as the quietest 20 ms. The models normalise each frequency over the
    window, so silence of zeros would make all noise in the window loud.
    """
    missing = max(MIN_WINDOW_SAMPLES - len(samples), 0)
    before = missing // 2
    if not missing:
        return samples, before
    noise = np.random.default_rng(0).standard_normal(MIN_WINDOW_SAMPLES) * _noise_level(samples)
    noise[before : before + len(samples)] = samples
    return noise.astype(np.float32), before


def _noise_level(samples: Samples) -> float:
    frames = np.array_split(samples, max(len(samples) // _FRAME_SAMPLES, 1))
    quietest = min(float(np.sqrt(np.mean(np.square(frame)))) for frame in frames)
    return min(quietest, _MAX_NOISE)

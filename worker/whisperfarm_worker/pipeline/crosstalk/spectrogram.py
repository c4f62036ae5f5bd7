"""Spectrograms of the telephone band, and their energy."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

FRAME_SAMPLES = 1024
HOP_SAMPLES = 512
HOP_S = HOP_SAMPLES / SAMPLE_RATE_HZ

BAND_HZ = (200.0, 3800.0)
"""The band in which sounds are compared. Telephones transmit less above and below it."""

_BIN_HZ = SAMPLE_RATE_HZ / FRAME_SAMPLES
_BINS = slice(round(BAND_HZ[0] / _BIN_HZ), round(BAND_HZ[1] / _BIN_HZ))
_HANN = np.hanning(FRAME_SAMPLES + 1)[:-1].astype(np.float32)
_SMOOTHED_FRAMES = 5

_T = TypeVar("_T", bound=np.generic)

Spectrogram = NDArray[np.complex64]
Energy = NDArray[np.float32]
"""Both of shape (frames, bins)."""


def spectrogram(samples: Samples) -> Spectrogram:
    """Return the bins of the band for each frame that the samples fill."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::HOP_SAMPLES]
    return np.fft.rfft(frames * _HANN, axis=1)[:, _BINS].astype(np.complex64)


def energy(spectrum: Spectrogram) -> Energy:
    """Return the energy of each frame and bin, as the mean of five frames (0.16 s)."""
    return moving_mean(spectrum.real**2 + spectrum.imag**2, _SMOOTHED_FRAMES)


def moving_mean(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return the mean of `count` neighbours along the first axis; `count` is odd."""
    half = count // 2
    padded = np.pad(values, [(half, half), *[(0, 0)] * (values.ndim - 1)], mode="edge")
    total = padded[: len(values)].copy()
    for first in range(1, count):
        total += padded[first : first + len(values)]
    total *= np.float32(1 / count)
    return total


def shift(values: NDArray[_T], frames: int) -> NDArray[_T]:
    """Return the values later by this many frames, with zeros where there are none."""
    shifted = np.zeros_like(values)
    if frames > 0:
        shifted[frames:] = values[:-frames]
    elif frames < 0:
        shifted[:frames] = values[-frames:]
    else:
        shifted[:] = values
    return shifted

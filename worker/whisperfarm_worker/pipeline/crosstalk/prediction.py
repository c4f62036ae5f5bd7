"""Predicts the sound of a channel from the sound of others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.spectrogram import Spectrogram, energy, moving_mean

_TAPS = (-1, 0, 1, 2)
"""Frames of the source, relative to the predicted frame: a room's echo lasts 0.1 s and longer, and
the delay is not known exactly."""

_ITERATIONS = 3
_GAIN_FRAMES = 9
_MAX_GAIN = 4.0
_RIDGE = 1e-3
_FLOOR = 1e-3


def predict(
    target: Spectrogram, sources: Sequence[Spectrogram], usable: NDArray[np.bool_]
) -> list[Spectrogram]:
    """Return the part of `target` that each source explains; their sum is the prediction.

    Each bin has a linear filter of four frames per source (a subband echo canceller). It is fitted
    by iteratively reweighted least squares to the frames that are `usable`: a frame with the
    channel's own speech is predicted badly, so it hardly counts in the next iteration.
    """
    columns = np.stack([_shift(one, tap) for one in sources for tap in _TAPS])
    inputs = np.ascontiguousarray(columns.transpose(2, 1, 0))
    fitted, wanted = inputs[:, usable], target[usable]
    floor = _FLOOR * float(energy(wanted).mean()) + 1e-12
    residual = wanted
    for _ in range(_ITERATIONS):
        weights = 1 / (energy(residual) + floor)
        filters = _fit(fitted, wanted.T[:, :, None], weights.T[:, :, None])
        residual = wanted - (fitted @ filters)[:, :, 0].T
    taps = len(_TAPS)
    parts = [
        (inputs[:, :, first : first + taps] @ filters[:, first : first + taps])[:, :, 0].T
        for first in range(0, taps * len(sources), taps)
    ]
    gains = _gains(target, sum(parts[1:], start=parts[0]))
    return [part * gains[:, None] for part in parts]


def _gains(target: Spectrogram, predicted: Spectrogram) -> NDArray[np.float32]:
    """Return the factor for each frame that brings the prediction nearest to the target, in 0.3 s.

    The level of a copy may change during the 20 seconds for which a filter is constant.
    """
    products = (target.real * predicted.real + target.imag * predicted.imag).sum(axis=1)
    powers = (predicted.real**2 + predicted.imag**2).sum(axis=1)
    products, powers = (moving_mean(one, _GAIN_FRAMES) for one in (products, powers))
    return np.clip(products / (powers + 1e-12), 0, _MAX_GAIN)


def _fit(
    inputs: NDArray[np.complex64], wanted: NDArray[np.complex64], weights: NDArray[np.float32]
) -> NDArray[np.complex64]:
    """Return the filters of all bins, of shape (bins, columns, 1)."""
    weighted = (inputs * weights).conj().transpose(0, 2, 1)
    normal = weighted @ inputs
    count = inputs.shape[2]
    ridge = _RIDGE * np.einsum("kll->k", normal).real / count + 1e-12
    normal += ridge[:, None, None] * np.eye(count, dtype=np.float32)
    return np.linalg.solve(normal, weighted @ wanted).astype(np.complex64)


def _shift(source: Spectrogram, frames: int) -> Spectrogram:
    """Return the spectrogram, later by this many frames."""
    shifted = np.zeros_like(source)
    if frames > 0:
        shifted[frames:] = source[:-frames]
    elif frames < 0:
        shifted[:frames] = source[-frames:]
    else:
        shifted[:] = source
    return shifted

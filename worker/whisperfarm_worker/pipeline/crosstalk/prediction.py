"""Predicts the sound of a channel from the sound of others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.spectrogram import (
    Spectrogram,
    energy,
    moving_mean,
    shift,
)

TAPS = (-1, 0, 1, 2)
"""Frames of the source, relative to the predicted frame: a room's echo lasts 0.1 s and longer, and
the delay is not known exactly."""

_ITERATIONS = 3
_GAIN_FRAMES = 9
_MAX_GAIN = 4.0
_RIDGE = 1e-3
_FLOOR = 1e-3


def predict(
    target: Spectrogram, sources: Sequence[Sequence[Spectrogram]], chosen: NDArray[np.bool_]
) -> list[Spectrogram]:
    """Return the part of `target` that each source explains; their sum is the prediction.

    A source is a spectrogram for each of its delays. It counts in its `chosen` frames only, of
    shape (sources, frames). Each bin has a linear filter of four frames per delay (a subband echo
    canceller). The filters are fitted one after the other to what the others do not explain, by
    iteratively reweighted least squares: a frame with the channel's own speech is predicted badly,
    so it hardly counts in the next iteration.
    """
    inputs = [_columns(one, frames) for one, frames in zip(sources, chosen, strict=True)]
    parts = [np.zeros_like(target) for _ in sources]
    residual = target.copy()
    floor = _FLOOR * float(energy(target).mean()) + 1e-12
    for _ in range(_ITERATIONS):
        for part, columns, frames in zip(parts, inputs, chosen, strict=True):
            rest = residual[frames]
            weights = (1 / (energy(rest) + floor)).astype(np.float32)
            wanted = rest + part[frames]
            filters = _fit(columns, wanted.T[:, :, None], weights.T[:, :, None])
            part[frames] = (columns @ filters)[:, :, 0].T
            residual[frames] = wanted - part[frames]
    gains = _gains(target, target - residual)
    return [part * gains[:, None] for part in parts]


def _columns(source: Sequence[Spectrogram], frames: NDArray[np.bool_]) -> NDArray[np.complex64]:
    """Return the inputs of the filters for some frames, of shape (bins, frames, columns)."""
    columns = np.stack([shift(one, tap)[frames] for one in source for tap in TAPS])
    return np.ascontiguousarray(columns.transpose(2, 1, 0))


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

"""Mixes channels to one, and inverts channels that would cancel others."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_BLOCK_FRAMES = SAMPLE_RATE_HZ // 2
_MIN_SIMILARITY = 0.5
"""From here on, the sum of two opposed channels has less than half of their power."""

_MIN_POWER = 1e-8
"""Channels below -80 dB of full scale are silent; rounding alone can make them alike."""

Frames = NDArray[np.float32]
"""Samples of shape (frames, channels)."""


@dataclass(slots=True, kw_only=True)
class Downmix:
    """Mean of all channels, in blocks of half a second.

    If two channels of a block have the same sound with opposite polarity, their mean is nearly
    silent. One of the two is then inverted for this block. `inverted_s` is the length of all such
    blocks.
    """

    inverted_s: float = field(default=0.0, init=False)
    _pending: list[Frames] = field(default_factory=list, init=False, repr=False)
    _pending_frames: int = field(default=0, init=False)

    def append(self, frames: Frames) -> Samples:
        """Return the mix of all blocks that are complete with these frames."""
        if frames.shape[1] == 1:
            return frames[:, 0]
        self._pending.append(frames)
        self._pending_frames += len(frames)
        if self._pending_frames < _BLOCK_FRAMES:
            return np.zeros(0, dtype=np.float32)
        whole = self._pending_frames // _BLOCK_FRAMES * _BLOCK_FRAMES
        return self._mix(self._take(whole))

    def flush(self) -> Samples:
        """Return the mix of the frames that do not fill a block."""
        if not self._pending_frames:
            return np.zeros(0, dtype=np.float32)
        return self._mix(self._take(self._pending_frames))

    def _take(self, count: int) -> Frames:
        frames = np.concatenate(self._pending)
        self._pending = [frames[count:]]
        self._pending_frames = len(frames) - count
        return frames[:count]

    def _mix(self, frames: Frames) -> Samples:
        return np.concatenate([self._mix_block(block) for block in _blocks(frames)])

    def _mix_block(self, block: Frames) -> Samples:
        # numpy is ten times as fast along the memory as across it.
        channels = np.ascontiguousarray(block.T)
        signs = _signs(channels)
        if (signs < 0).any():
            self.inverted_s += len(block) / SAMPLE_RATE_HZ
        weights = (signs / len(signs)).astype(np.float32)
        mix: Samples = np.matmul(weights, channels, dtype=np.float32)
        return mix


def _blocks(frames: Frames) -> Iterator[Frames]:
    for start in range(0, len(frames), _BLOCK_FRAMES):
        yield frames[start : start + _BLOCK_FRAMES]


def _signs(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 or -1 for each channel, so that no two of them cancel each other.

    `channels` has the shape (channels, frames). The loudest channel keeps its polarity. Each other
    channel follows the louder one that it resembles most, if there is one.
    """
    similarity, by_power = _similarity(channels)
    signs = np.ones(len(channels), dtype=np.float32)
    for rank, channel in enumerate(by_power[1:], start=1):
        louder = by_power[:rank]
        nearest = louder[np.argmax(np.abs(similarity[channel, louder]))]
        if abs(similarity[channel, nearest]) >= _MIN_SIMILARITY:
            signs[channel] = signs[nearest] * np.sign(similarity[channel, nearest])
    return signs


def _similarity(channels: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return how alike each pair of channels is, and the audible channels, the loudest first.

    It is 1 for equal channels, -1 for opposed ones, and near 0 if either one is much louder or if
    the sounds differ.
    """
    centred = channels - channels.mean(axis=1, keepdims=True)
    products = centred @ centred.T / channels.shape[1]
    power = products.diagonal()
    sums = power[:, None] + power[None, :]
    order = np.argsort(-power, kind="stable")
    audible = order[power[order] >= _MIN_POWER]
    return 2 * products / np.maximum(sums, 1e-20), audible

"""Counts the parts of a recording that are not silent."""

from dataclasses import dataclass, field

import numpy as np

from whisperfarm_worker.pipeline.audio.downmix import Frames
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

BLOCK_S = 0.01

_BLOCK_FRAMES = round(BLOCK_S * SAMPLE_RATE_HZ)
_SILENCE_PEAK = 0.001
"""Blocks without samples above -60 dB of full scale are silent."""


@dataclass(slots=True)
class SoundBlocks:
    """Counter of the blocks of `BLOCK_S` seconds in which a channel is above silence.

    It stops looking once it has counted `enough` of them.
    """

    enough: int
    count: int = field(default=0, init=False)
    _rest: Samples = field(
        default_factory=lambda: np.zeros(0, dtype=np.float32), init=False, repr=False
    )

    def append(self, frames: Frames) -> None:
        """Count the blocks that are complete with these frames."""
        if self.count >= self.enough:
            return
        levels = np.abs(frames)
        levels = levels[:, 0] if levels.shape[1] == 1 else levels.max(axis=1)
        if len(self._rest):
            levels = np.concatenate([self._rest, levels])
        whole = len(levels) // _BLOCK_FRAMES * _BLOCK_FRAMES
        self._rest = levels[whole:].copy()
        peaks = levels[:whole].reshape(-1, _BLOCK_FRAMES).max(axis=1)
        self.count += int((peaks > _SILENCE_PEAK).sum())

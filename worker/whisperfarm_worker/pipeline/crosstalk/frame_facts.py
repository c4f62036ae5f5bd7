"""What is known about each frame of all channels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.copies import Classified
from whisperfarm_worker.pipeline.runs import Mask


@dataclass(frozen=True, slots=True)
class Frames:
    """Facts about each frame, of shape (channels, frames).

    `copied` and `own` are as in `Classified`; where a frame is copied, `source` is the channel of
    the original, and `level_db` the level relative to it.
    """

    copied: Mask
    own: Mask
    source: NDArray[np.int8]
    level_db: NDArray[np.float32]

    @staticmethod
    def empty(channels: int, frames: int) -> "Frames":
        shape = (channels, frames)
        return Frames(
            copied=np.zeros(shape, dtype=np.bool_),
            own=np.zeros(shape, dtype=np.bool_),
            source=np.zeros(shape, dtype=np.int8),
            level_db=np.zeros(shape, dtype=np.float32),
        )

    def add(self, channel: int, frames: slice, result: Classified, inside: slice) -> None:
        """Add what was found about some frames, which are those `inside` of the result.

        A frame that is a copy already remains one, of the same source.
        """
        copied, own = self.copied[channel, frames], self.own[channel, frames]
        new = result.copied[inside] & ~copied
        self.source[channel, frames][new] = result.source[inside][new]
        self.level_db[channel, frames][new] = result.level_db[inside][new]
        copied |= new
        own |= result.own[inside]
        own &= ~copied

"""Converts samples to the rate of the speech model."""

from typing import Any

import numpy as np

from whisperfarm_worker.pipeline.audio.downmix import Frames
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ


class Resampler:
    """Converter from `sample_rate_hz` to `SAMPLE_RATE_HZ`, of frames in blocks of any length.

    The result is aligned with the input: the filter delays nothing.
    """

    def __init__(self, *, sample_rate_hz: int, channels: int) -> None:
        self._stream: Any = None
        if sample_rate_hz != SAMPLE_RATE_HZ:
            import soxr

            self._stream = soxr.ResampleStream(sample_rate_hz, SAMPLE_RATE_HZ, channels)
        self._nothing = np.zeros((0, channels), dtype=np.float32)

    def append(self, frames: Frames) -> Frames:
        """Return the frames that are complete with these."""
        return frames if self._stream is None else self._resample(frames, last=False)

    def flush(self) -> Frames:
        """Return the last frames."""
        return self._nothing if self._stream is None else self._resample(self._nothing, last=True)

    def _resample(self, frames: Frames, *, last: bool) -> Frames:
        resampled: Frames = self._stream.resample_chunk(frames, last=last)
        return resampled

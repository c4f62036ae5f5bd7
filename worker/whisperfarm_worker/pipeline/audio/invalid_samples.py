"""Replaces samples of floating-point files that are not numbers."""

from dataclasses import dataclass, field

import numpy as np

from whisperfarm_worker.pipeline.audio.downmix import Frames

_MAX_LEVEL = 1e6
"""Larger samples become this large, so that filters do not overflow. All above 1 are clipped."""


@dataclass(slots=True, kw_only=True)
class InvalidSamples:
    """Filter of frames at `sample_rate_hz`. It counts those with samples that it replaces."""

    sample_rate_hz: int
    _position: int = field(default=0, init=False)
    _count: int = field(default=0, init=False)
    _first: int = field(default=0, init=False)

    def replace(self, frames: Frames) -> Frames:
        """Replace NaN and infinity by silence, in place."""
        valid = np.isfinite(frames)
        if not valid.all():
            frames[~valid] = 0.0
            self._add(np.flatnonzero(~valid.all(axis=1)))
        self._position += len(frames)
        return np.clip(frames, -_MAX_LEVEL, _MAX_LEVEL, out=frames)

    def warnings(self) -> list[str]:
        """Return a warning if there were any."""
        if not self._count:
            return []
        seconds = self._count / self.sample_rate_hz
        return [
            f"the file has samples that are not numbers (NaN or infinity), in sum {seconds:.3f} s"
            f" of audio, the first at {self._first / self.sample_rate_hz:.1f} s; they were replaced"
            " by silence; check the program that wrote the file"
        ]

    def _add(self, places: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> None:
        if not self._count:
            self._first = self._position + int(places[0])
        self._count += len(places)

"""The samples of one channel in a scratch file."""

import os
from pathlib import Path

import numpy as np

from whisperfarm_worker.pipeline.state import SAMPLE_BYTES, Samples

_SILENT_RANGE = 16 / 32768
"""The largest difference between the samples of a silent channel: twice the smallest value of
A-law, which has no zero, and more than the noise of rounding."""


class ChannelFile:
    """A file of 32-bit floats. Zeros take no space on the disk: they are holes of the file.

    `lead` zeros precede what is appended.
    """

    def __init__(self, path: Path, *, lead: int = 0) -> None:
        self._path = path
        self._file = path.open("wb")
        self._file.seek(lead * SAMPLE_BYTES)
        self._count = lead
        self._lowest = np.inf
        self._highest = -np.inf

    def append(self, samples: Samples) -> int:
        """Append samples. Returns the bytes that they take on the disk."""
        if not len(samples):
            return 0
        self._count += len(samples)
        lowest, highest = float(samples.min()), float(samples.max())
        self._lowest = min(self._lowest, lowest)
        self._highest = max(self._highest, highest)
        if lowest == highest == 0.0:
            self._file.seek(samples.nbytes, 1)
            return 0
        return self._file.write(np.ascontiguousarray(samples).data)

    @property
    def is_silent(self) -> bool:
        """Whether the samples are constant but for noise below -72 dB of full scale."""
        return self._highest - self._lowest <= _SILENT_RANGE

    def close(self) -> None:
        """Write what is buffered, and the holes at the end."""
        if not self._file.closed:
            with self._file:
                self._file.truncate(self._count * SAMPLE_BYTES)

    def samples(self, count: int = 0) -> Samples:
        """Return all samples, as a map of the file since they may not fit in memory.

        Zeros follow if there are less than `count`. The file of a silent channel is removed, and
        its samples are zeros that take no memory.
        """
        self.close()
        if count > self._count:
            self._count = count
            os.truncate(self._path, count * SAMPLE_BYTES)
        if self.is_silent:
            self.remove()
            return np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (self._count,), (0,))
        # Copy on write, because torch warns about arrays that are not writable.
        return np.memmap(self._path, dtype=np.float32, mode="c", shape=(self._count,))

    def remove(self) -> None:
        """Remove the file, without its samples."""
        self._file.close()
        self._path.unlink(missing_ok=True)

"""Converts ffmpeg's WAV stream to float samples in a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.problems import AudioTooLong, OptionWrong
from whisperfarm_worker.pipeline.audio.wav import read_head
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Sound

MOST_SPEAKERS = 16
"""The maximum number of channels with one speaker each."""


@dataclass(slots=True, kw_only=True)
class Recording:
    """Converter of a WAV stream of 16-bit samples to 32-bit floats in `file`.

    With `mix` it writes the mean of all channels, else all channels interleaved. Raises
    `AudioTooLong` after `longest_s` seconds, and `OptionWrong` if there are more channels than
    speakers can have.
    """

    file: BinaryIO
    longest_s: float
    mix: bool = True
    frames: int = field(default=0, init=False)
    _channels_read: int = field(default=0, init=False)
    _rest: bytes = field(default=b"", init=False, repr=False)

    def take(self, piece: bytes) -> None:
        """Append the next bytes of the stream."""
        self._rest += piece
        if not self._channels_read:
            self._begin()
        if self._channels_read:
            self._write(self._whole_frames())

    @property
    def seconds(self) -> float:
        """Duration of the audio so far."""
        return self.frames / SAMPLE_RATE_HZ

    def sound(self, path: Path) -> Sound:
        """Return the audio in the file at `path`, memory-mapped since it may not fit in memory."""
        shape = (self.frames, self._channels_written)
        # Copy on write, because torch warns about arrays that are not writable.
        return Sound(np.memmap(path, dtype=np.float32, mode="c", shape=shape).T)

    @property
    def _channels_written(self) -> int:
        return 1 if self.mix else self._channels_read

    def _begin(self) -> None:
        """Skip the header once it is complete."""
        head = read_head(self._rest)
        if head is None:
            return
        if not self.mix and head.channels > MOST_SPEAKERS:
            raise OptionWrong(
                f"channels: the audio has {head.channels} channels, and channels=speakers takes at"
                f" most {MOST_SPEAKERS}; send it with channels=mix"
            )
        self._channels_read = head.channels
        self._rest = self._rest[head.data_at :]

    def _whole_frames(self) -> NDArray[np.int16]:
        """Return the complete frames, of shape (frames, channels)."""
        frame_bytes = 2 * self._channels_read
        whole = len(self._rest) // frame_bytes * frame_bytes
        samples = np.frombuffer(self._rest[:whole], dtype="<i2")
        self._rest = self._rest[whole:]
        return samples.reshape(-1, self._channels_read)

    def _write(self, samples: NDArray[np.int16]) -> None:
        floats = samples.astype(np.float32) / 32768.0
        self.file.write((floats.mean(axis=1) if self.mix else floats).tobytes())
        self.frames += len(samples)
        if self.seconds > self.longest_s:
            raise AudioTooLong(
                f"the audio is longer than {self.longest_s:.0f} seconds, the maximum of this farm;"
                " send it in parts"
            )

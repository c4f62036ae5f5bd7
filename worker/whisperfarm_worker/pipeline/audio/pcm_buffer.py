"""Decoded sound on its way into a file: from ffmpeg's WAV stream to float samples."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.problems import AudioTooLong, OptionWrong
from whisperfarm_worker.pipeline.audio.wav import read_head
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Sound

MOST_SPEAKERS = 16
"""Of how many channels each can be taken for a speaker."""


@dataclass(slots=True, kw_only=True)
class Recording:
    """Takes a WAV stream of 16-bit samples and writes them as 32-bit floats to `file`.

    With `mix` it writes the mean of all channels, else all of them, frame by frame. Raises
    `AudioTooLong` past `longest_s` seconds and `OptionWrong` for too many channels to be speakers.
    """

    file: BinaryIO
    longest_s: float
    mix: bool = True
    frames: int = field(default=0, init=False)
    _channels_read: int = field(default=0, init=False)
    _rest: bytes = field(default=b"", init=False, repr=False)

    def take(self, piece: bytes) -> None:
        """The next bytes of the stream."""
        self._rest += piece
        if not self._channels_read:
            self._begin()
        if self._channels_read:
            self._write(self._whole_frames())

    @property
    def seconds(self) -> float:
        """How much was taken so far."""
        return self.frames / SAMPLE_RATE_HZ

    def sound(self, path: Path) -> Sound:
        """The sound in the file at `path`, mapped into memory: long calls need not fit into it."""
        shape = (self.frames, self._channels_written)
        # Copy on write: torch warns of arrays that can not be written to.
        return Sound(np.memmap(path, dtype=np.float32, mode="c", shape=shape).T)

    @property
    def _channels_written(self) -> int:
        return 1 if self.mix else self._channels_read

    def _begin(self) -> None:
        """Pass over the header, once it is whole."""
        head = read_head(self._rest)
        if head is None:
            return
        if not self.mix and head.channels > MOST_SPEAKERS:
            raise OptionWrong(
                f"channels: the audio has {head.channels} channels, and at most {MOST_SPEAKERS}"
                " can be taken for speakers; send it with channels=mix"
            )
        self._channels_read = head.channels
        self._rest = self._rest[head.data_at :]

    def _whole_frames(self) -> NDArray[np.int16]:
        """The frames that are here to the last byte, of shape (frames, channels)."""
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
                f"the audio plays longer than {self.longest_s:.0f} seconds, the most that this"
                " farm takes; send it in parts"
            )

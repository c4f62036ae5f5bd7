"""Converts ffmpeg's WAV stream to float samples in a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.downmix import Downmix
from whisperfarm_worker.pipeline.audio.wav import read_header
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Waveform

MAX_SPEAKER_CHANNELS = 16
"""The maximum number of channels with one speaker each."""


@dataclass(slots=True, kw_only=True)
class PcmBuffer:
    """Converter of a WAV stream of 16-bit samples to 32-bit floats in `file`.

    With `downmix` it writes the mix of all channels, else all channels interleaved. Raises
    `AudioTooLong` after `max_audio_s` seconds, and `InvalidOption` if there are more channels than
    speakers can have. Call `flush` after the last bytes.
    """

    file: BinaryIO
    max_audio_s: float
    downmix: bool = True
    frames: int = field(default=0, init=False)
    _mix: Downmix = field(default_factory=Downmix, init=False, repr=False)
    _channels_read: int = field(default=0, init=False)
    _pending: bytes = field(default=b"", init=False, repr=False)

    def append(self, data: bytes) -> None:
        """Append the next bytes of the stream."""
        self._pending += data
        if not self._channels_read:
            self._begin()
        if self._channels_read:
            self._write(self._whole_frames())

    def flush(self) -> None:
        """Write what `append` holds back until a block of the mix is complete."""
        self.file.write(self._mix.flush().tobytes())

    @property
    def inverted_s(self) -> float:
        """Seconds in which the mix inverts a channel that would cancel another."""
        return self._mix.inverted_s

    @property
    def seconds(self) -> float:
        """Duration of the audio so far."""
        return self.frames / SAMPLE_RATE_HZ

    def to_waveform(self, path: Path) -> Waveform:
        """Return the audio in the file at `path`, memory-mapped since it may not fit in memory."""
        shape = (self.frames, self._channels_written)
        # Copy on write, because torch warns about arrays that are not writable.
        return Waveform(np.memmap(path, dtype=np.float32, mode="c", shape=shape).T)

    @property
    def _channels_written(self) -> int:
        return 1 if self.downmix else self._channels_read

    def _begin(self) -> None:
        """Skip the header once it is complete."""
        header = read_header(self._pending)
        if header is None:
            return
        if not self.downmix and header.channels > MAX_SPEAKER_CHANNELS:
            raise InvalidOption(
                f"channels: the audio has {header.channels} channels, and channels=speakers takes"
                f" at most {MAX_SPEAKER_CHANNELS}; send it with channels=mix"
            )
        self._channels_read = header.channels
        self._pending = self._pending[header.data_offset :]

    def _whole_frames(self) -> NDArray[np.int16]:
        """Return the complete frames, of shape (frames, channels)."""
        frame_bytes = 2 * self._channels_read
        whole_bytes = len(self._pending) // frame_bytes * frame_bytes
        samples = np.frombuffer(self._pending[:whole_bytes], dtype="<i2")
        self._pending = self._pending[whole_bytes:]
        return samples.reshape(-1, self._channels_read)

    def _write(self, samples: NDArray[np.int16]) -> None:
        floats = samples.astype(np.float32) / 32768.0
        self.file.write((self._mix.append(floats) if self.downmix else floats).tobytes())
        self.frames += len(samples)
        if self.seconds > self.max_audio_s:
            raise AudioTooLong(
                f"the audio is longer than {self.max_audio_s:.0f} seconds, the maximum of this"
                " farm; send it in parts"
            )

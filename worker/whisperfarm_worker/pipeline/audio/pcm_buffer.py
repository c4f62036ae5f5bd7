"""Converts ffmpeg's WAV stream to float samples in scratch files, within the bounds of the farm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.channel_file import ChannelFile
from whisperfarm_worker.pipeline.audio.channel_seconds import ChannelSeconds
from whisperfarm_worker.pipeline.audio.downmix import Downmix
from whisperfarm_worker.pipeline.audio.timeline import Piece, Timeline
from whisperfarm_worker.pipeline.audio.wav import read_header
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Waveform

_SILENCE_FRAMES = 10 * SAMPLE_RATE_HZ

_BLOCK_S = 0.01
_SILENCE_PEAK = 0.001
"""Blocks without samples above -60 dB of full scale are silent."""

MAX_SPEAKER_CHANNELS = 16
"""The maximum number of channels with one speaker each."""

_CHECK_BYTES = 8 << 20
"""The free space of the disk is checked each time that this much was written."""


@dataclass(slots=True, kw_only=True)
class PcmBuffer:
    """Converter of a WAV stream of 16-bit samples to 32-bit floats, in one file for each channel.

    The files are named `path` and a number. With `downmix` there is one, with the mix of all
    channels. Raises `AudioTooLong` after `max_audio_s` seconds or beyond the `channel_seconds`,
    `InvalidOption` if there are more channels than speakers can have, and `ScratchFull` if the
    disk has too little `space`. Call `flush` after the last bytes, and `close` in any case.

    With `timeline` it writes silence where the time line has no audio.
    """

    path: Path
    max_audio_s: float
    channel_seconds: ChannelSeconds
    space: ScratchSpace
    downmix: bool = True
    timeline: Timeline | None = None
    frames: int = field(default=0, init=False)
    _files: list[ChannelFile] = field(default_factory=list, init=False, repr=False)
    _unchecked_bytes: int = field(default=0, init=False)
    _sound_blocks: int = field(default=0, init=False)
    _mix: Downmix = field(default_factory=Downmix, init=False, repr=False)
    _channels_read: int = field(default=0, init=False)
    _pending: bytes = field(default=b"", init=False, repr=False)

    def append(self, data: bytes) -> None:
        """Append the next bytes of the stream."""
        self._pending += data
        if not self._channels_read:
            self._begin()
        if self._channels_read:
            self._write_placed()

    def flush(self) -> None:
        """Write what `append` holds back: frames without a place, and an incomplete block."""
        if self._channels_read:
            self._write_placed()
            self._write(self._take(len(self._pending) // self._frame_bytes))
        self._store([self._mix.flush()] if self._channels_read and self.downmix else [])

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def remove(self) -> None:
        """Remove the files, without the samples."""
        for file in self._files:
            file.remove()

    @property
    def inverted_s(self) -> float:
        """Seconds in which the mix inverts a channel that would cancel another."""
        return self._mix.inverted_s

    @property
    def is_silent(self) -> bool:
        """Whether less than a second, and less than a tenth of the audio, is above silence."""
        return not self.frames or self._sound_blocks * _BLOCK_S < min(1.0, self.seconds / 10)

    @property
    def seconds(self) -> float:
        """Duration of the audio so far."""
        return self.frames / SAMPLE_RATE_HZ

    def to_waveform(self) -> Waveform:
        """Return the audio. Channels that are silent throughout take neither disk nor memory."""
        silent = frozenset(number for number, file in enumerate(self._files) if file.is_silent)
        return Waveform(tuple(file.samples() for file in self._files), silent=silent)

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
        self.channel_seconds.start_track()
        self._files = [
            ChannelFile(self.path.with_name(f"{self.path.name}-{channel}.f32"))
            for channel in range(1 if self.downmix else header.channels)
        ]

    @property
    def _frame_bytes(self) -> int:
        return 2 * self._channels_read

    def _write_placed(self) -> None:
        """Write the complete frames whose place on the time line is known."""
        available = len(self._pending) // self._frame_bytes
        pieces = [Piece(0, available)] if self.timeline is None else self.timeline.take(available)
        for piece in pieces:
            self._write_silence(piece.silence)
            self._write(self._take(piece.frames))

    def _take(self, frames: int) -> NDArray[np.int16]:
        """Remove frames from the pending bytes and return them, of shape (frames, channels)."""
        size = frames * self._frame_bytes
        samples = np.frombuffer(self._pending[:size], dtype="<i2")
        self._pending = self._pending[size:]
        return samples.reshape(-1, self._channels_read)

    def _write_silence(self, frames: int) -> None:
        for start in range(0, frames, _SILENCE_FRAMES):
            count = min(_SILENCE_FRAMES, frames - start)
            self._write(np.zeros((count, self._channels_read), dtype=np.int16))

    def _write(self, samples: NDArray[np.int16]) -> None:
        floats = samples.astype(np.float32) / 32768.0
        self.frames += len(samples)
        self._sound_blocks += _count_sound_blocks(floats)
        self._check_length(len(samples))
        self._store([self._mix.append(floats)] if self.downmix else list(floats.T))

    def _check_length(self, new_frames: int) -> None:
        if self.seconds > self.max_audio_s:
            raise AudioTooLong(
                f"the audio is longer than {self.max_audio_s:.0f} seconds, the maximum of this"
                " farm; send it in parts"
            )
        self.channel_seconds.add(new_frames / SAMPLE_RATE_HZ, channels=len(self._files))

    def _store(self, samples_of_channels: Sequence[Samples]) -> None:
        for file, samples in zip(self._files, samples_of_channels, strict=False):
            self._unchecked_bytes += file.append(samples)
        if self._unchecked_bytes >= _CHECK_BYTES:
            self.space.check()
            self._unchecked_bytes = 0


def _count_sound_blocks(samples: NDArray[np.float32]) -> int:
    """Return how many blocks of `_BLOCK_S` seconds are not silent."""
    peaks = np.abs(samples).max(axis=1, initial=0.0)
    block = round(_BLOCK_S * SAMPLE_RATE_HZ)
    whole = len(peaks) // block * block
    return int((peaks[:whole].reshape(-1, block).max(axis=1) > _SILENCE_PEAK).sum())

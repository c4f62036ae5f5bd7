"""Collects decoded frames in a file, under the limits of the farm."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.downmix import Downmix, Frames
from whisperfarm_worker.pipeline.audio.sound_blocks import BLOCK_S, SoundBlocks
from whisperfarm_worker.pipeline.audio.timeline import Timeline
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Waveform

_SILENCE_FRAMES = 10 * SAMPLE_RATE_HZ

MAX_SPEAKER_CHANNELS = 16
"""The maximum number of channels with one speaker each."""


@dataclass(slots=True, kw_only=True)
class PcmBuffer:
    """Collector of the frames of any decoder, as 32-bit floats in `file`.

    With `downmix` it writes the mix of all channels, else all channels interleaved. Raises
    `AudioTooLong` after `max_audio_s` seconds, and `InvalidOption` if there are more channels than
    speakers can have. Call `begin` before the first frames and `flush` after the last.

    With `timeline` it writes silence where the time line has no audio.
    """

    file: BinaryIO
    max_audio_s: float
    downmix: bool = True
    timeline: Timeline | None = None
    frames: int = field(default=0, init=False)
    _sound: SoundBlocks = field(default_factory=SoundBlocks, init=False, repr=False)
    _mix: Downmix = field(default_factory=Downmix, init=False, repr=False)
    _channels_read: int = field(default=0, init=False)
    _pending: list[Frames] = field(default_factory=list, init=False, repr=False)

    def begin(self, channels: int) -> None:
        """Set the number of channels."""
        if not self.downmix and channels > MAX_SPEAKER_CHANNELS:
            raise InvalidOption(
                f"channels: the audio has {channels} channels, and channels=speakers takes at most"
                f" {MAX_SPEAKER_CHANNELS}; send it with channels=mix"
            )
        self._channels_read = channels

    def append(self, frames: Frames) -> None:
        """Append frames at `SAMPLE_RATE_HZ`, of shape (frames, channels), from -1 to 1."""
        if self.timeline is None:
            self._write(frames)
        else:
            self._pending.append(frames)
            self._write_placed(self.timeline)

    def flush(self) -> None:
        """Write what `append` holds back: frames without a place, and an incomplete block."""
        if self.timeline is not None:
            self._write_placed(self.timeline)
        for frames in self._pending:
            self._write(frames)
        self._pending.clear()
        self.file.write(self._mix.flush().data)

    @property
    def inverted_s(self) -> float:
        """Seconds in which the mix inverts a channel that would cancel another."""
        return self._mix.inverted_s

    @property
    def is_silent(self) -> bool:
        """Whether less than a second, and less than a tenth of the audio, is above silence."""
        return not self.frames or self._sound.count * BLOCK_S < min(1.0, self.seconds / 10)

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

    def _write_placed(self, timeline: Timeline) -> None:
        """Write the frames whose place on the time line is known."""
        for piece in timeline.take(sum(map(len, self._pending))):
            self._write_silence(piece.silence)
            self._write(self._take(piece.frames))

    def _take(self, count: int) -> Frames:
        """Remove this many pending frames and return them."""
        frames = np.concatenate(self._pending)
        self._pending = [frames[count:]]
        return frames[:count]

    def _write_silence(self, frames: int) -> None:
        for start in range(0, frames, _SILENCE_FRAMES):
            count = min(_SILENCE_FRAMES, frames - start)
            self._write(np.zeros((count, self._channels_read), dtype=np.float32))

    def _write(self, frames: Frames) -> None:
        self.file.write((self._mix.append(frames) if self.downmix else frames).data)
        self.frames += len(frames)
        self._sound.append(frames)
        if self.seconds > self.max_audio_s:
            raise AudioTooLong(
                f"the audio is longer than {self.max_audio_s:.0f} seconds, the maximum of this"
                " farm; send it in parts"
            )

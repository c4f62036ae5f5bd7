"""Collects decoded frames in scratch files, within the bounds of the farm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.channel_file import ChannelFile
from whisperfarm_worker.pipeline.audio.channel_seconds import ChannelSeconds
from whisperfarm_worker.pipeline.audio.downmix import Downmix, Frames
from whisperfarm_worker.pipeline.audio.sound_blocks import BLOCK_S, SoundBlocks
from whisperfarm_worker.pipeline.audio.timeline import Timeline
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Waveform

_SILENCE_FRAMES = 10 * SAMPLE_RATE_HZ
_ENOUGH_SOUND_S = 1.0
"""Audio with this much sound is not silent, however long it is."""

MAX_SPEAKER_CHANNELS = 16
"""The maximum number of channels with one speaker each."""

_CHECK_BYTES = 8 << 20
"""The free space of the disk is checked each time that this much was written."""


@dataclass(slots=True, kw_only=True)
class PcmBuffer:
    """Collector of the frames of any decoder, as 32-bit floats, in one file for each channel.

    The files are named `path` and a number. With `downmix` there is one, with the mix of all
    channels. Raises `AudioTooLong` after `max_audio_s` seconds or beyond the `channel_seconds`,
    `InvalidOption` if there are more channels than speakers can have, and `ScratchFull` if the
    disk has too little `space`. Call `begin` before the first frames, `flush` after the last, and
    `close` in any case.

    With `timeline` it writes silence where the time line has no audio. The `lead` frames of silence
    before the audio do not count as frames of it.
    """

    path: Path
    max_audio_s: float
    channel_seconds: ChannelSeconds
    space: ScratchSpace
    downmix: bool = True
    timeline: Timeline | None = None
    lead: int = 0
    frames: int = field(default=0, init=False)
    _files: list[ChannelFile] = field(default_factory=list, init=False, repr=False)
    _unchecked_bytes: int = field(default=0, init=False)
    _sound: SoundBlocks = field(
        default_factory=lambda: SoundBlocks(enough=round(_ENOUGH_SOUND_S / BLOCK_S)),
        init=False,
        repr=False,
    )
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
        self.channel_seconds.start_track()
        self._files = [
            ChannelFile(self.path.with_name(f"{self.path.name}-{channel}.f32"), lead=self.lead)
            for channel in range(1 if self.downmix else channels)
        ]

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
        if self.downmix and self._files:
            self._store([self._mix.flush()])

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
        least_s = min(_ENOUGH_SOUND_S, self.seconds / 10)
        return not self.frames or self._sound.count * BLOCK_S < least_s

    @property
    def seconds(self) -> float:
        """Duration of the audio so far."""
        return self.frames / SAMPLE_RATE_HZ

    def to_waveform(self, frames: int = 0) -> Waveform:
        """Return the audio, followed by silence up to this number of frames.

        Channels that are silent throughout take neither disk nor memory.
        """
        silent = frozenset(number for number, file in enumerate(self._files) if file.is_silent)
        return Waveform(tuple(file.samples(frames) for file in self._files), silent=silent)

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
        self.frames += len(frames)
        self._sound.append(frames)
        self._check_length(len(frames))
        self._store([self._mix.append(frames)] if self.downmix else list(frames.T))

    def _check_length(self, new_frames: int) -> None:
        if self.seconds > self.max_audio_s:
            raise AudioTooLong(
                f"the audio is longer than {self.max_audio_s:.0f} seconds, the maximum of this"
                " farm; send it in parts"
            )
        self.channel_seconds.add(new_frames / SAMPLE_RATE_HZ, channels=len(self._files))

    def _store(self, samples_of_channels: Sequence[Samples]) -> None:
        for file, samples in zip(self._files, samples_of_channels, strict=True):
            self._unchecked_bytes += file.append(samples)
        if self._unchecked_bytes >= _CHECK_BYTES:
            self.space.check()
            self._unchecked_bytes = 0

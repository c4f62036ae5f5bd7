"""Decodes uncompressed audio without a child process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader
from whisperfarm_worker.pipeline.audio.downmix import Frames
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.invalid_samples import InvalidSamples
from whisperfarm_worker.pipeline.audio.media_info import MediaInfo, Track
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.resampler import Resampler
from whisperfarm_worker.pipeline.audio.sample_formats import FORMATS, SampleFormat
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ

_BLOCK_SAMPLES = 3 << 13
"""Blocks have this many samples before or after resampling, whichever are more. They stay in the
processor's cache from one step to the next, and below 128 KiB, from which on the C library maps new
memory for each array."""

_LARGEST = np.float32(32767 / 32768)
"""The largest sample of 16 bits, as which ffmpeg and WhisperX read all audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcmDecoder:
    """Reader of the samples that `header` describes, in blocks of constant size.

    `on_poll` is called before each block; if it raises, decoding stops. Samples keep the precision
    of the file: those of 16 bits at 16 kHz are what ffmpeg gives, and others are not rounded to 16
    bits. The last bytes are ignored if they are less than a frame.
    """

    source: Input
    header: AudioHeader
    on_poll: Callable[[], None]

    def inspect(self) -> MediaInfo:
        """Return what the container states. Headerless audio states nothing."""
        if self.source.container is None:
            return MediaInfo(has_time_stamps=False)
        return MediaInfo(
            tracks=(Track(channels=self.header.channels),),
            duration_s=self.header.seconds(),
            has_time_stamps=False,
        )

    def decode(self, pcm: PcmBuffer, *, track: int = 0) -> list[str]:  # noqa: ARG002 - there is one
        """Decode the audio into `pcm`. Returns warnings for the caller."""
        pcm.begin(self.header.channels)
        invalid = InvalidSamples(sample_rate_hz=self.header.sample_rate_hz)
        for frames in self._resampled(invalid):
            pcm.append(np.clip(frames, -1.0, _LARGEST, out=frames))
        pcm.flush()
        return invalid.warnings()

    def _resampled(self, invalid: InvalidSamples) -> Iterator[Frames]:
        resampler = Resampler(
            sample_rate_hz=self.header.sample_rate_hz, channels=self.header.channels
        )
        sample_format = self._format
        for block in self._blocks():
            self.on_poll()
            frames = sample_format.to_floats(block).reshape(-1, self.header.channels)
            yield resampler.append(invalid.replace(frames) if sample_format.is_float else frames)
        yield resampler.flush()

    def _blocks(self) -> Iterator[bytes]:
        """Yield the bytes of whole frames."""
        frame_bytes = self.header.frame_bytes
        share = min(1.0, self.header.sample_rate_hz / SAMPLE_RATE_HZ)
        block_bytes = int(_BLOCK_SAMPLES * share) // self.header.channels * frame_bytes
        with self.source.path.open("rb") as file:
            file.seek(self.header.data_offset)
            left = self.header.data_bytes
            while block := file.read(block_bytes if left is None else min(block_bytes, left)):
                left = None if left is None else left - len(block)
                yield block[: len(block) // frame_bytes * frame_bytes]

    @property
    def _format(self) -> SampleFormat:
        return FORMATS[self.header.encoding or ""]

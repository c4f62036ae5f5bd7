"""Reads the WAV stream that ffmpeg writes."""

import io
from dataclasses import dataclass, field

import numpy as np

from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.wav import read_header


@dataclass(slots=True, kw_only=True)
class WavStream:
    """Parser of a WAV stream of 16-bit samples, which go to `pcm`."""

    pcm: PcmBuffer
    _channels: int = field(default=0, init=False)
    _pending: bytes = field(default=b"", init=False, repr=False)

    def append(self, data: bytes) -> None:
        """Append the next bytes of the stream."""
        self._pending += data
        if not self._channels:
            self._begin()
        if self._channels:
            self._pass_on()

    def _begin(self) -> None:
        """Skip the header once it is complete."""
        header = read_header(io.BytesIO(self._pending))
        if header is None:
            return
        self.pcm.begin(header.channels)
        self._channels = header.channels
        self._pending = self._pending[header.data_offset :]

    def _pass_on(self) -> None:
        """Convert all complete frames."""
        frame_bytes = 2 * self._channels
        size_bytes = len(self._pending) // frame_bytes * frame_bytes
        samples = np.frombuffer(self._pending[:size_bytes], dtype="<i2")
        self._pending = self._pending[size_bytes:]
        self.pcm.append(samples.reshape(-1, self._channels).astype(np.float32) / 32768.0)

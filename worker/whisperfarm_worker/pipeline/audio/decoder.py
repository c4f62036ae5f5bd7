"""The port of decoders. `ffmpeg_decoder` and `pcm_decoder` implement it."""

from typing import Protocol

from whisperfarm_worker.pipeline.audio.media_info import MediaInfo
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer


class Decoder(Protocol):
    """Reads the audio of one file. Methods raise `AudioUnreadable` and `NoAudioTrack`."""

    def inspect(self) -> MediaInfo:
        """Return what the container states. Headerless audio states nothing."""
        ...

    def decode(self, pcm: PcmBuffer, *, track: int = 0) -> list[str]:
        """Decode an audio track into `pcm`. Returns warnings for the caller."""
        ...

"""Bounds the length of all channels that one attempt decodes."""

from dataclasses import dataclass, field

from whisperfarm_contract.problems import AudioTooLong

_HOUR_S = 3600.0


@dataclass(slots=True)
class ChannelSeconds:
    """Seconds of decoded channels, over all audio tracks that the attempt decodes.

    A mix counts as one channel. More than `max_s` raise `AudioTooLong`: a small file can hold many
    hours of silence in many channels and tracks.
    """

    max_s: float
    _decoded_s: float = field(default=0.0, init=False)
    _tracks: int = field(default=0, init=False)

    def start_track(self) -> None:
        """Count one more audio track."""
        self._tracks += 1

    def add(self, seconds: float, *, channels: int) -> None:
        """Count the seconds of each of these channels."""
        self._decoded_s += seconds * channels
        if self._decoded_s > self.max_s:
            raise AudioTooLong(self._detail(channels))

    def _detail(self, channels: int) -> str:
        limit = f"more than {self.max_s / _HOUR_S:.3g} hours, the maximum of this farm"
        if self._tracks > 1:
            return (
                f"the first {self._tracks} audio tracks together have {limit} for the search for a"
                " track with sound; name one with track"
            )
        if channels > 1:
            return (
                f"the {channels} channels of the audio together have {limit}; send it in parts, or"
                " with channels=mix"
            )
        return f"the audio has {limit}; send it in parts"

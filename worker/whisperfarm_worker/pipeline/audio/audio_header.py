"""What the header of an uncompressed or constant-rate file states about its samples."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioHeader:
    """The layout of the samples in a file.

    They start at `data_offset`; `data_bytes` is `None` if their size is unknown. `encoding` is a
    key of `sample_formats.FORMATS`, or `None` if only ffmpeg can read them. `frame_bytes` is the
    size of one sample of all channels; of compressed samples, that of one block.
    """

    channels: int
    sample_rate_hz: int
    frame_bytes: int
    data_offset: int
    data_bytes: int | None
    encoding: str | None = None

    def seconds(self, *, sample_rate_hz: int | None = None) -> float | None:
        """Return the duration in seconds according to the header, or `None` if it is unknown.

        `sample_rate_hz` overrides the rate in the header.
        """
        rate = sample_rate_hz or self.sample_rate_hz
        if self.data_bytes is None or not self.frame_bytes or not rate:
            return None
        return self.data_bytes / self.frame_bytes / rate


_UNKNOWN_BYTES = 0x7F00_0000
"""Writers to a pipe state a size from here to 2^32, or 0, since they do not know it."""


def known_size(stated_bytes: int, available_bytes: int) -> int | None:
    """Return the stated size of the samples, or `None` if it stands for an unknown one.

    `available_bytes` follow in the file: a size that large is meant if the file has as much.
    """
    is_known = 0 < stated_bytes < _UNKNOWN_BYTES or 0 < stated_bytes <= available_bytes
    return stated_bytes if is_known else None

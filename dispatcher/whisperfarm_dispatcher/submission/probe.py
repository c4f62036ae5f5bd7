"""Reads the duration of audio from its header. The worker measures it exactly when it decodes."""

from typing import BinaryIO, Protocol, cast

from tinytag import TinyTag, TinyTagException

from whisperfarm_contract import media
from whisperfarm_contract.options import Options

SAMPLE_BYTES = {"s16le": 2, "mulaw": 1, "alaw": 1}
"""Bytes per sample of headerless audio."""

MAX_READ_BYTES = 1 << 20
MAX_READS = 100_000
"""Largest read of a probe, and most reads.

A malicious file can make its parser read all of it, in tiny steps or into memory at once.
"""


class Seekable(Protocol):
    """The methods of a file that a probe uses."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def tell(self) -> int: ...


def duration_s(file: Seekable, options: Options, *, size_bytes: int) -> float | None:
    """Return the seconds of audio in the file, or `None` if its header does not reveal them."""
    if options.encoding is not None and options.sample_rate is not None:
        return size_bytes / (SAMPLE_BYTES[options.encoding] * options.sample_rate)
    tag = _read(file)
    if tag is None or not tag.duration:
        return None
    return _capped_by_size(tag, tag.duration, size_bytes) * _rate_correction(tag, options)


def _read(file: Seekable) -> TinyTag | None:
    reader = _BoundedReader(file)
    if media.sniff(reader.read(media.SNIFF_BYTES)) == media.CONTAINERS["aac"]:
        return None  # tinytag takes some of its frames for MP3
    reader.seek(0)
    try:
        return TinyTag.get(file_obj=cast("BinaryIO", reader), tags=False)
    except TinyTagException:
        return None


def _capped_by_size(tag: TinyTag, header_s: float, size_bytes: int) -> float:
    """Return the header's duration, limited by the size of the file.

    Recorders that write the header before a call ends put the largest number there.
    """
    if not tag.bitrate:
        return header_s
    return min(header_s, size_bytes * 8 / (tag.bitrate * 1000))


def _rate_correction(tag: TinyTag, options: Options) -> float:
    """Return the factor by which the caller's sample rate lengthens the audio."""
    if options.sample_rate is None or not tag.samplerate:
        return 1.0
    return tag.samplerate / options.sample_rate


class _BoundedReader:
    """File with a limit on the size and number of reads."""

    def __init__(self, file: Seekable) -> None:
        self._file = file
        self._reads_left = MAX_READS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        self._reads_left -= 1
        if not 0 <= size <= MAX_READ_BYTES or self._reads_left < 0:
            raise TinyTagException("reading the header takes too many bytes")
        return self._file.read(size)

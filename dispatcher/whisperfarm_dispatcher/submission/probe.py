"""How long audio plays, as far as its header tells: a first look, not the worker's measure."""

from typing import BinaryIO, Protocol, cast

from tinytag import TinyTag, TinyTagException

from whisperfarm_contract import media
from whisperfarm_contract.options import Options

SAMPLE_BYTES = {"s16le": 2, "mulaw": 1, "alaw": 1}
"""Bytes of one sample of headerless audio."""

READ_BYTES = 1 << 20
READS = 100_000
"""The longest single read of a probe, and how many reads there may be.

A file can be made such that its reader crawls through all of it, or takes all of it into memory.
"""


class Seekable(Protocol):
    """What a probe needs of a file."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def tell(self) -> int: ...


def seconds(file: Seekable, options: Options, *, size_bytes: int) -> float | None:
    """Seconds of audio in the file, or `None` when that can not be known in a moment."""
    if options.encoding is not None and options.sample_rate is not None:
        return size_bytes / (SAMPLE_BYTES[options.encoding] * options.sample_rate)
    tag = _read(file)
    if tag is None or not tag.duration:
        return None
    return _plausible(tag, tag.duration, size_bytes) * _slower(tag, options)


def _read(file: Seekable) -> TinyTag | None:
    glance = _Glance(file)
    if media.sniff(glance.read(media.SNIFF_BYTES)) == media.CONTAINERS["aac"]:
        return None  # in which tinytag finds frames of MP3, and few
    glance.seek(0)
    try:
        return TinyTag.get(file_obj=cast("BinaryIO", glance), tags=False)
    except TinyTagException:
        return None


def _plausible(tag: TinyTag, told_s: float, size_bytes: int) -> float:
    """What the header tells, but no more than the file has bytes for.

    Recorders that do not know a call's end when they write its header put the largest number there.
    """
    if not tag.bitrate:
        return told_s
    return min(told_s, size_bytes * 8 / (tag.bitrate * 1000))


def _slower(tag: TinyTag, options: Options) -> float:
    """How much longer the audio plays at the rate that the caller says is the true one."""
    if options.sample_rate is None or not tag.samplerate:
        return 1.0
    return tag.samplerate / options.sample_rate


class _Glance:
    """A file that may be read a little."""

    def __init__(self, file: Seekable) -> None:
        self._file = file
        self._reads_left = READS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        self._reads_left -= 1
        if not 0 <= size <= READ_BYTES or self._reads_left < 0:
            raise TinyTagException("the file is no quick read")
        return self._file.read(size)

"""Measures or estimates the duration of audio, without decoding it.

A size in bytes measures audio of a constant rate. Other headers state a duration that need not be
that of the audio, or only a bit rate to estimate it by, until the worker decodes.
"""

from dataclasses import dataclass
from typing import BinaryIO, cast

from tinytag import TinyTag, TinyTagException

from whisperfarm_contract import media
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import wav_length
from whisperfarm_dispatcher.submission.wav_length import Seekable

SAMPLE_BYTES = {"s16le": 2, "mulaw": 1, "alaw": 1}
"""Bytes per sample of headerless audio."""

_UNCOMPRESSED = ("audio/wav", "audio/aiff")

MAX_READ_BYTES = 1 << 20
MAX_READS = 100_000
"""Largest read of a probe, and most reads.

A malicious file can make its parser read all of it, in tiny steps or into memory at once.
"""


@dataclass(frozen=True, slots=True)
class Duration:
    """The length of a recording. An estimate may be wrong by any factor."""

    seconds: float
    is_estimated: bool


def duration(file: Seekable, options: Options, *, size_bytes: int) -> Duration | None:
    """Return the duration of the audio in the file, or `None` if nothing reveals it."""
    reader = _BoundedReader(file)
    measured_s = _measure_s(reader, options, size_bytes)
    if measured_s is not None:
        return Duration(measured_s, is_estimated=False)
    estimated_s = _estimate_s(reader, options, size_bytes)
    return Duration(estimated_s, is_estimated=True) if estimated_s else None


def _measure_s(file: "_BoundedReader", options: Options, size_bytes: int) -> float | None:
    if options.encoding is not None and options.sample_rate is not None:
        return size_bytes / (SAMPLE_BYTES[options.encoding] * options.sample_rate)
    return wav_length.measure_s(file, start=0, rate_hz=options.sample_rate)


def _estimate_s(file: "_BoundedReader", options: Options, size_bytes: int) -> float | None:
    file.seek(0)
    tag = _read(file)
    if tag is None or not tag.duration:
        return None
    return _capped_by_size(tag, tag.duration, size_bytes) * _rate_correction(tag, options)


def _read(reader: "_BoundedReader") -> TinyTag | None:
    if media.sniff(reader.read(media.SNIFF_BYTES)) == media.CONTAINERS["aac"]:
        return None  # tinytag takes some of its frames for MP3
    reader.seek(0)
    try:
        return TinyTag.get(file_obj=cast("BinaryIO", reader), tags=False)
    except TinyTagException:
        return None


def _capped_by_size(tag: TinyTag, header_s: float, size_bytes: int) -> float:
    """Return the header's duration, limited by the size of the file if its samples are not
    compressed.

    Recorders that write the header before a call ends put the largest number there. The bit rate of
    compressed audio is nominal, or that of the first frames, and limits nothing.
    """
    if not tag.bitrate or not (tag.mime_type or "").startswith(_UNCOMPRESSED):
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

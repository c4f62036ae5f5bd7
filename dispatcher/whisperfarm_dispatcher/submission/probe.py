"""Measures or estimates the duration of audio, without decoding it.

A size in bytes measures audio of a constant rate. Other headers state a duration that need not be
that of the audio, or only a bit rate to estimate it by, until the worker decodes.
"""

import os
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from tinytag import TinyTag, TinyTagException

from whisperfarm_contract.media import Recognized, Seekable, frames, recognize
from whisperfarm_contract.media.headerless import ENCODINGS
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import frame_estimate, ogg_length, wav_length

_UNCOMPRESSED = ("audio/wav", "audio/aiff")

_AGREEMENT = 1.25
"""Largest ratio of a header's duration to that of the frames, if the header is believed."""

MAX_READ_BYTES = 1 << 20
MAX_READS = 100_000
"""Largest read of a probe, and most reads.

A malicious file can make its parser read all of it, in tiny steps or into memory at once.
"""


@dataclass(frozen=True, slots=True)
class Duration:
    """The length of a recording. An estimate may be wrong by any factor.

    `channels` is `None` if it is unknown.
    """

    seconds: float
    is_estimated: bool
    channels: int | None = field(default=None, compare=False)


def duration(file: Seekable, options: Options, *, size_bytes: int) -> Duration | None:
    """Return the duration of the audio in the file, or `None` if nothing reveals it."""
    if options.encoding is not None:
        return _headerless(options, size_bytes)
    found = recognize(file)
    if found is None:
        return None
    measured_s = _measure_s(_BoundedReader(file), found, options)
    if measured_s is not None:
        channels = wav_length.count_channels(_BoundedReader(file), start=found.offset)
        return Duration(measured_s, is_estimated=False, channels=channels)
    estimated_s = _estimate_s(file, found, options, size_bytes)
    return Duration(estimated_s, is_estimated=True) if estimated_s else None


def _headerless(options: Options, size_bytes: int) -> Duration | None:
    encoding = ENCODINGS[options.encoding or ""]
    rate_hz = encoding.sample_rate_hz or options.sample_rate
    if rate_hz is None:
        return None
    return Duration(size_bytes * encoding.samples_per_byte / rate_hz, is_estimated=False)


def _measure_s(file: Seekable, found: Recognized, options: Options) -> float | None:
    if found.container.name != "wav":
        return None
    rate_hz = None if found.is_wrapped else options.sample_rate
    return wav_length.measure_s(file, start=found.offset, rate_hz=rate_hz)


def _estimate_s(
    file: Seekable, found: Recognized, options: Options, size_bytes: int
) -> float | None:
    if found.container.name == "ogg":
        by_pages_s = ogg_length.estimate_s(
            _BoundedReader(file),
            start=found.offset,
            size_bytes=size_bytes,
            rate_hz=options.sample_rate,
        )
        if by_pages_s is not None:
            return by_pages_s
    by_header_s = _by_header_s(_BoundedReader(file, found.offset), found, options, size_bytes)
    if found.container.name not in frames.PARSERS:
        return by_header_s
    by_frames_s = frame_estimate.estimate_s(
        file, found.container.name, start=found.offset, size_bytes=size_bytes
    )
    if by_frames_s is None or by_header_s is None:
        return by_frames_s or by_header_s
    is_plausible = 1 / _AGREEMENT < by_header_s / by_frames_s < _AGREEMENT
    return by_header_s if is_plausible else by_frames_s


def _by_header_s(
    file: "_BoundedReader", found: Recognized, options: Options, size_bytes: int
) -> float | None:
    if found.container.name in frames.PARSERS and found.container.name != "mp3":
        return None  # tinytag takes some of their frames for MP3
    tag = _read(file)
    if tag is None or not tag.duration:
        return None
    return _capped_by_size(tag, tag.duration, size_bytes) * _rate_correction(tag, options)


def _read(file: "_BoundedReader") -> TinyTag | None:
    try:
        return TinyTag.get(file_obj=cast("BinaryIO", file), tags=False)
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
    """The file from `start` on, with a limit on the size and number of reads."""

    def __init__(self, file: Seekable, start: int = 0) -> None:
        self._file = file
        self._start = start
        self._reads_left = MAX_READS
        self.seek(0)

    def read(self, size: int = -1) -> bytes:
        self._reads_left -= 1
        if not 0 <= size <= MAX_READ_BYTES or self._reads_left < 0:
            raise TinyTagException("reading the header takes too many bytes")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        from_start = offset + self._start if whence == os.SEEK_SET else offset
        return self._file.seek(from_start, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start

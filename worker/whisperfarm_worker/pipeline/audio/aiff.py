"""Reads AIFF and AIFF-C headers."""

import math
from dataclasses import dataclass

from whisperfarm_contract.media import Seekable
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader, known_size
from whisperfarm_worker.pipeline.audio.chunks import IFF, chunks, length_of, read_at
from whisperfarm_worker.pipeline.audio.sample_formats import FORMATS

_COMMON_BYTES, _COMPRESSED_COMMON_BYTES = 18, 22
_SOUND_FIELDS_BYTES = 8
_PLAIN = (b"NONE", b"none", b"twos")
_ENCODINGS = {
    b"raw ": "u8",
    b"in24": "s24be",
    b"in32": "s32be",
    b"42ni": "s24le",
    b"23ni": "s32le",
    b"fl32": "f32be",
    b"FL32": "f32be",
    b"fl64": "f64be",
    b"FL64": "f64be",
    b"alaw": "alaw",
    b"ALAW": "alaw",
    b"ulaw": "mulaw",
    b"ULAW": "mulaw",
}
_BY_BYTES = {1: "s8", 2: "s16be", 3: "s24be", 4: "s32be"}
_SWAPPED_BY_BYTES = {1: "s8", 2: "s16le", 3: "s24le", 4: "s32le"}
_EXPONENT_BIAS, _MANTISSA_BITS = 16383, 63
_MAX_EXPONENT = 32


@dataclass(frozen=True, slots=True)
class _Common:
    """The `COMM` chunk."""

    channels: int
    sample_rate_hz: int
    encoding: str | None


def read_header(file: Seekable, start: int = 0) -> AudioHeader | None:
    """Read the header of the AIFF file at the offset `start`; `None` if it is not complete."""
    common: _Common | None = None
    sound: tuple[int, int] | None = None
    for chunk in chunks(file, start + 12, IFF):
        if chunk.name == b"COMM":
            content = read_at(file, chunk.offset, _COMPRESSED_COMMON_BYTES)
            common = _common(content[: chunk.size_bytes])
        elif chunk.name == b"SSND":
            skipped = int.from_bytes(read_at(file, chunk.offset, 4), "big")
            sound = chunk.offset + _SOUND_FIELDS_BYTES + skipped, chunk.size_bytes - skipped
        if common is not None and sound is not None:
            return _header(common, *sound, length_of(file))
    return None


def _header(common: _Common, offset: int, size_bytes: int, end: int) -> AudioHeader:
    width = FORMATS[common.encoding].size_bytes if common.encoding else 0
    return AudioHeader(
        channels=common.channels,
        sample_rate_hz=common.sample_rate_hz,
        frame_bytes=width * common.channels,
        data_offset=offset,
        data_bytes=known_size(size_bytes - _SOUND_FIELDS_BYTES, end - offset),
        encoding=common.encoding,
    )


def _common(content: bytes) -> _Common | None:
    if len(content) < _COMMON_BYTES:
        return None
    bits = int.from_bytes(content[6:8], "big")
    return _Common(
        channels=int.from_bytes(content[:2], "big"),
        sample_rate_hz=_rate_hz(content[8:18]),
        encoding=_encoding(content[18:22] or _PLAIN[0], (bits + 7) // 8),
    )


def _encoding(compression: bytes, width: int) -> str | None:
    if compression in _PLAIN:
        return _BY_BYTES.get(width)
    if compression == b"sowt":
        return _SWAPPED_BY_BYTES.get(width)
    return _ENCODINGS.get(compression)


def _rate_hz(extended: bytes) -> int:
    """Round a float of 80 bits; 0 if it is negative, or too large for a sample rate."""
    exponent = int.from_bytes(extended[:2], "big") - _EXPONENT_BIAS
    if not 0 <= exponent < _MAX_EXPONENT:
        return 0
    mantissa = int.from_bytes(extended[2:], "big")
    return round(math.ldexp(mantissa, exponent - _MANTISSA_BITS))

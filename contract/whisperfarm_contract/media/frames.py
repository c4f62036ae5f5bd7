"""Frame headers of audio streams without a container: MPEG audio, ADTS, LOAS, AC-3, E-AC-3, DTS.

A recorder may cut such a stream anywhere, so `find` searches for consecutive frames.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: its stream, its size, its length, and what all frames of a stream have in common."""

    stream: str
    size_bytes: int
    seconds: float
    fixed: tuple[int, ...] = ()

    def continues(self, other: "Frame") -> bool:
        return (self.stream, self.fixed) == (other.stream, other.fixed)


HEADER_BYTES = 16
"""Number of bytes that a parser needs."""

_CHAIN = 4
"""Frames that must follow each other, if the data has this many. Two suffice at its end."""

_MPEG_RATES_HZ = (44_100, 48_000, 32_000)
_MPEG_KBITS: Mapping[tuple[bool, int], tuple[int, ...]] = MappingProxyType(
    {
        (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
        (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
        (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
        (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    }
)
"""Bit rates by MPEG-1 or not, and layer."""


def mpeg(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of layer II or III without reserved values.

    Layer I is excluded: it is hardly used, and UTF-16 text starts like one of its frames.
    """
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = (head[1] >> 3) & 3, 4 - ((head[1] >> 1) & 3)
    bit_rate, rate = head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or layer not in (2, 3) or bit_rate in (0, 15) or rate == 3:
        return None
    is_mpeg1 = version == 3
    rate_hz = _MPEG_RATES_HZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    samples = 1152 if is_mpeg1 or layer == 2 else 576
    bits_per_s = _MPEG_KBITS[is_mpeg1, layer][bit_rate - 1] * 1000
    size = samples * bits_per_s // (8 * rate_hz) + ((head[2] >> 1) & 1)
    return Frame("mp3", size, samples / rate_hz, (version, layer, rate))


_ADTS_RATES_HZ = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip


def adts(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AAC with an ADTS header."""
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = (head[2] >> 2) & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(_ADTS_RATES_HZ) or size <= len(head):
        return None
    samples = 1024 * ((head[6] & 3) + 1)
    return Frame("aac", size, samples / _ADTS_RATES_HZ[rate], (head[1] & 8, head[2] >> 2))


_LOAS_MIN_BYTES = 3
"""Digital silence takes about six bytes; a frame that is left out would shift all times."""


def loas(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AAC in LATM. Its length in time is not in its header."""
    head = data[at : at + 3]
    if len(head) < 3 or head[0] != 0x56 or head[1] & 0xE0 != 0xE0:
        return None
    size = (head[1] & 0x1F) << 8 | head[2]
    return Frame("loas", size + 3, 0.0) if size >= _LOAS_MIN_BYTES else None


_AC3_RATES_HZ = (48_000, 44_100, 32_000)
_AC3_KBITS = (
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
)  # fmt: skip
_AC3_SAMPLES = 1536


def ac3(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of AC-3 or E-AC-3."""
    head = data[at : at + 6]
    if len(head) < 6 or head[:2] != b"\x0b\x77":
        return None
    version = head[5] >> 3
    if version <= 10:
        return _ac3(head, version)
    return _eac3(head) if version <= 16 else None


def _ac3(head: bytes, version: int) -> Frame | None:
    rate, code = head[4] >> 6, head[4] & 0x3F
    if rate == 3 or code >= 2 * len(_AC3_KBITS):
        return None
    rate_hz = _AC3_RATES_HZ[rate]
    words = _AC3_KBITS[code >> 1] * 1000 * _AC3_SAMPLES // (16 * rate_hz)
    words += code & 1 if rate_hz == 44_100 else 0
    seconds = _AC3_SAMPLES / (rate_hz >> max(0, version - 8))
    return Frame("ac3", 2 * words, seconds, (rate, version))


def _eac3(head: bytes) -> Frame | None:
    size = 2 * (((head[2] & 7) << 8 | head[3]) + 1)
    rate, low = head[4] >> 6, (head[4] >> 4) & 3
    is_reduced = rate == 3
    if (is_reduced and low == 3) or head[2] >> 6 == 3:
        return None
    blocks = 6 if is_reduced else (1, 2, 3, 6)[low]
    rate_hz = _AC3_RATES_HZ[low] // 2 if is_reduced else _AC3_RATES_HZ[rate]
    is_dependent = head[2] >> 6 == 1  # further channels of the frame before it
    return Frame("eac3", size, 0.0 if is_dependent else 256 * blocks / rate_hz)


_DTS_RATES_HZ = MappingProxyType(
    {1: 8_000, 2: 16_000, 3: 32_000, 6: 11_025, 7: 22_050, 8: 44_100, 11: 12_000, 12: 24_000,
     13: 48_000}
)  # fmt: skip
_DTS_HD = b"\x64\x58\x20\x25"


def dts(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of DTS in 16-bit words of either byte order, or an extension of DTS-HD."""
    sync = data[at : at + 4]
    if sync == b"\x7f\xfe\x80\x01":
        return _dts(data[at + 4 : at + 12])
    if sync == b"\xfe\x7f\x01\x80":
        swapped = bytearray(data[at + 4 : at + 12])
        swapped[::2], swapped[1::2] = swapped[1::2], swapped[::2]
        return _dts(bytes(swapped))
    if sync == _DTS_HD:
        return _dts_extension(data[at + 4 : at + 12])
    return None


def _dts(fields: bytes) -> Frame | None:
    bits = int.from_bytes(fields.ljust(8, b"\0"), "big")
    blocks = ((bits >> 50) & 0x7F) + 1
    size = ((bits >> 36) & 0x3FFF) + 1
    rate_hz = _DTS_RATES_HZ.get((bits >> 26) & 15)
    if blocks < 6 or size < 96 or rate_hz is None:
        return None
    return Frame("dts", size, 32 * blocks / rate_hz)


def _dts_extension(fields: bytes) -> Frame | None:
    bits = int.from_bytes(fields.ljust(8, b"\0"), "big")
    is_long = (bits >> 53) & 1
    size = (bits >> 21) & 0xFFFFF if is_long else (bits >> 29) & 0xFFFF
    return Frame("dts", size + 1, 0.0) if size else None


Parser = Callable[[bytes, int], Frame | None]

PARSERS: Mapping[str, Parser] = MappingProxyType(
    {"mp3": mpeg, "aac": adts, "loas": loas, "ac3": ac3, "eac3": ac3, "dts": dts}
)
"""The parser of each stream."""

_SYNC_WORDS: tuple[tuple[re.Pattern[bytes], Parser], ...] = (
    (re.compile(rb"\xff[\xe2-\xff][\x10-\xef]"), mpeg),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), adts),
    (re.compile(rb"\x56[\xe0-\xff]"), loas),
    (re.compile(rb"\x0b\x77"), ac3),
    (re.compile(rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80"), dts),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of frames, and the offset of the first one."""

    name: str
    offset: int


def find(data: bytes, name: str | None = None) -> Stream | None:
    """Return the stream of which consecutive frames start first in `data`: any, or that `name`."""
    found = [
        one
        for sync, parser in _SYNC_WORDS
        if name is None or parser is PARSERS[name]
        if (one := _first(data, sync, parser))
    ]
    return min(found, key=lambda one: one.offset, default=None)


def follow(data: bytes, stream: Stream) -> Iterator[Frame]:
    """Yield the frames of the stream, as long as they follow each other."""
    return _follow(data, stream.offset, PARSERS[stream.name])


def _first(data: bytes, sync: re.Pattern[bytes], parser: Parser) -> Stream | None:
    for match in sync.finditer(data):
        frames = list(islice(_follow(data, match.start(), parser), _CHAIN))
        if _is_chain(frames, data, match.start()):
            return Stream(frames[0].stream, match.start())
    return None


def _follow(data: bytes, at: int, parser: Parser) -> Iterator[Frame]:
    first = frame = parser(data, at)
    while first is not None and frame is not None and frame.continues(first):
        yield frame
        at += frame.size_bytes
        frame = parser(data, at)


def _is_chain(frames: list[Frame], data: bytes, at: int) -> bool:
    end = at + sum(frame.size_bytes for frame in frames)
    return len(frames) == _CHAIN or (len(frames) > 1 and end + HEADER_BYTES > len(data))

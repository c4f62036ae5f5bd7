"""The parser of each stream, and where a frame may start."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from whisperfarm_contract.media.frames.aac import adts, loas
from whisperfarm_contract.media.frames.ac3 import ac3
from whisperfarm_contract.media.frames.dts import dts
from whisperfarm_contract.media.frames.frame import Frame
from whisperfarm_contract.media.frames.mpeg import mpeg

HEADER_BYTES = 16
"""Number of bytes that a parser needs."""

Parser = Callable[[bytes, int], Frame | None]

PARSERS: Mapping[str, Parser] = MappingProxyType(
    {"mp3": mpeg, "aac": adts, "loas": loas, "ac3": ac3, "eac3": ac3, "dts": dts}
)
"""The parser of each stream."""

SYNC_WORDS: tuple[tuple[re.Pattern[bytes], Parser], ...] = (
    (re.compile(rb"\xff[\xe2-\xff][\x10-\xef]"), mpeg),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), adts),
    (re.compile(rb"\x56[\xe0-\xff]"), loas),
    (re.compile(rb"\x0b\x77"), ac3),
    (re.compile(rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80"), dts),
)

"""Finds streams of frames in data.

A recorder may cut a stream anywhere, so `find` searches for consecutive frames.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from whisperfarm_contract.media.frames.frame import Frame
from whisperfarm_contract.media.frames.parsers import HEADER_BYTES, PARSERS, SYNC_WORDS, Parser

_CHAIN = 4
"""Frames that must follow each other, if the data has this many. Two suffice at its end."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of frames, and the offset of the first one."""

    name: str
    offset: int


def find(data: bytes, name: str | None = None) -> Stream | None:
    """Return the stream of which consecutive frames start first in `data`: any, or that `name`."""
    found = [
        one
        for sync, parser in SYNC_WORDS
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

"""Reads how long the sound tracks of an MP4 or QuickTime file are, according to its index."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAX_BOXES = 10_000
_HEADER_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def sound_track_lengths(path: Path) -> list[float | None]:
    """Return the seconds of each sound track in order, or `None` where the index has no length."""
    with path.open("rb") as file:
        whole = _Box(b"", 0, file.seek(0, 2))
        moov = next(_children(file, whole, b"moov"), None)
        if moov is None:
            return []
        movie_rate = _rate_and_length(file, next(_children(file, moov, b"mvhd"), None))[0]
        tracks = (_track(file, track, movie_rate) for track in _children(file, moov, b"trak"))
        return [length for is_sound, length in tracks if is_sound]


def _track(file: BinaryIO, track: _Box, movie_rate: int) -> tuple[bool, float | None]:
    """Return whether a track is sound, and its length in seconds with its edits."""
    media = next(_children(file, track, b"mdia"), None)
    if media is None:
        return False, None
    handler = next(_children(file, media, b"hdlr"), None)
    is_sound = handler is not None and _read(file, handler, 12)[8:12] == b"soun"
    rate, units = _rate_and_length(file, next(_children(file, media, b"mdhd"), None))
    edited_units = _edited_length(file, next(_children(file, track, b"tkhd"), None))
    lengths = [
        length / per_second
        for length, per_second in ((units, rate), (edited_units, movie_rate))
        if length and per_second
    ]
    return is_sound, min(lengths, default=None)


def _rate_and_length(file: BinaryIO, box: _Box | None) -> tuple[int, int]:
    """Return units per second and length in units of a `mvhd` or `mdhd` box; 0 is unknown."""
    body = _read(file, box, 32)
    if len(body) == 32 and body[0] == 1:  # noqa: PLR2004 - a version with 64-bit times
        rate, length = struct.unpack_from(">IQ", body, 20)
    elif len(body) >= 20:  # noqa: PLR2004 - the fields of the version with 32-bit times
        rate, length = struct.unpack_from(">II", body, 12)
    else:
        return 0, 0
    return rate, _known(length)


def _edited_length(file: BinaryIO, box: _Box | None) -> int:
    """Return the length of a `tkhd` box, in units of the movie; 0 is unknown."""
    body = _read(file, box, 36)
    if len(body) < 36:  # noqa: PLR2004 - the fields of both versions
        return 0
    return _known(*struct.unpack_from(*((">Q", body, 28) if body[0] == 1 else (">I", body, 20))))


def _known(length: int) -> int:
    """Return the length, or 0 for the values that mean that it is unknown."""
    return 0 if length in (0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF) else length


def _read(file: BinaryIO, box: _Box | None, size: int) -> bytes:
    if box is None:
        return b""
    file.seek(box.start)
    return file.read(min(size, box.end - box.start))


def _children(file: BinaryIO, parent: _Box, kind: bytes) -> Iterator[_Box]:
    """Yield the boxes of one kind in a box."""
    at = parent.start
    for _ in range(_MAX_BOXES):
        file.seek(at)
        header = file.read(2 * _HEADER_BYTES)
        if at + _HEADER_BYTES > parent.end or len(header) < _HEADER_BYTES:
            return
        size, name = struct.unpack_from(">I4s", header)
        start = at + _HEADER_BYTES
        if size == 1 and len(header) == 2 * _HEADER_BYTES:
            (size,) = struct.unpack_from(">Q", header, _HEADER_BYTES)
            start += _HEADER_BYTES
        end = at + size if size else parent.end
        if end < start:
            return
        if name == kind:
            yield _Box(name, start, min(end, parent.end))
        at = end

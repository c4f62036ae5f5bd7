"""Finds out whether the end of a container is missing.

The sound of a container with pictures may end before the length that its header states, which
therefore proves nothing about a file that is complete.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from whisperfarm_worker.pipeline.audio.chunks import RIFF, chunks

_MAX_CHUNKS = 10_000
_TAIL_BYTES = 1 << 16
_HEAD_BYTES = 1 << 16
_UNKNOWN_32 = 0xFFFF_FFFF

_MXF_PARTITION = bytes.fromhex("060e2b34020501010d0102010102")
_MXF_FOOTER_FIELD = 24
_GXF_END = bytes.fromhex("0000000001fb")
_MATROSKA_SEGMENT = 0x18538067
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_FLV_TAG_BYTES = 11


def is_missing(path: Path, *, container: str, stated_s: float) -> bool:
    """Whether the file lacks the end of the container, which is `stated_s` seconds long according
    to its header. It is `False` for a container that states no size and has no mark of its end."""
    check = _CHECKS.get(container)
    if check is None:
        return False
    with path.open("rb") as file:
        size_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        return check(file, size_bytes, stated_s)


def _avi(file: BinaryIO, size_bytes: int, _: float) -> bool:
    """Follow the RIFF chunks, of which a long file has several."""
    for chunk in chunks(file, 0, RIFF):
        if chunk.name != b"RIFF" or chunk.size_bytes in (0, _UNKNOWN_32):
            return False
        if chunk.offset + chunk.size_bytes > size_bytes:
            return True
    return False


def _flv(file: BinaryIO, size_bytes: int, stated_s: float) -> bool:
    """Look at the last tag, whose size follows it. It has a time stamp."""
    if size_bytes < _FLV_TAG_BYTES + 4:
        return True
    file.seek(size_bytes - 4)
    tag_bytes = int.from_bytes(file.read(4), "big")
    if not _FLV_TAG_BYTES <= tag_bytes <= size_bytes - 4:
        return True
    file.seek(size_bytes - 4 - tag_bytes)
    tag = file.read(_FLV_TAG_BYTES)
    time_ms = int.from_bytes(tag[7:8] + tag[4:7], "big")
    return int.from_bytes(tag[1:4], "big") != tag_bytes - _FLV_TAG_BYTES or time_ms < 1000 * (
        stated_s - 1
    )


def _asf(file: BinaryIO, size_bytes: int, _: float) -> bool:
    head = file.read(_HEAD_BYTES)
    at = head.find(ASF_FILE_PROPERTIES)
    return at >= 0 and int.from_bytes(head[at + 40 : at + 48], "little") > size_bytes


def _mxf(file: BinaryIO, size_bytes: int, _: float) -> bool:
    """Look for the footer at the offset that the header partition states."""
    head = file.read(_HEAD_BYTES)
    start = head.find(_MXF_PARTITION)
    at = start + len(_MXF_PARTITION) + 2
    length = head[at : at + 1]
    if start < 0 or not length:
        return False
    at += 1 + (length[0] & 0x7F if length[0] & 0x80 else 0) + _MXF_FOOTER_FIELD
    footer = int.from_bytes(head[at : at + 8], "big")
    return bool(footer) and start + footer >= size_bytes


def _gxf(file: BinaryIO, size_bytes: int, _: float) -> bool:
    file.seek(max(0, size_bytes - _TAIL_BYTES))
    return _GXF_END not in file.read()


def _matroska(file: BinaryIO, size_bytes: int, _: float) -> bool:
    """Look at the size of the segment, which follows the EBML header."""
    for _index in range(_MAX_CHUNKS):
        name = _ebml_number(file, keep_marker=True)
        content_bytes = _ebml_number(file)
        if name is None or content_bytes is None:
            return False
        if name == _MATROSKA_SEGMENT:
            return file.tell() + content_bytes > size_bytes
        file.seek(content_bytes, os.SEEK_CUR)
    return False


def _ebml_number(file: BinaryIO, *, keep_marker: bool = False) -> int | None:
    """Read a number of variable size; `None` at the end of the file and for the unknown size."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more_bytes = 8 - first[0].bit_length()
    number = int.from_bytes(first + file.read(more_bytes), "big")
    if keep_marker:
        return number
    largest = (1 << 7 * (more_bytes + 1)) - 1
    number &= largest
    return None if number == largest else number


_CHECKS: Mapping[str, Callable[[BinaryIO, int, float], bool]] = MappingProxyType(
    {
        "avi": _avi,
        "flv": _flv,
        "asf": _asf,
        "mxf": _mxf,
        "gxf": _gxf,
        "matroska": _matroska,
    }
)

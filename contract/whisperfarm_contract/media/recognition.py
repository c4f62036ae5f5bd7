"""Finds the container of a file, and the byte at which it starts.

What precedes the first frame or packet is skipped: tags, and the rest of a frame that a recorder
cut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from whisperfarm_contract.media import frames, packets
from whisperfarm_contract.media.containers import CONTAINERS, Container, by_magic_number

SNIFF_BYTES = 1 << 16
"""Number of bytes after the tags that are searched."""

_MAGIC_BYTES = 4096
_MAX_TAGS = 16
_TAG_HEADER_BYTES = 32
_ID3_HEADER_BYTES = 10
_ID3_FOOTER_FLAG = 0x10


class Seekable(Protocol):
    """The methods of a file that are used to look at it."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def tell(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Recognized:
    """A container, and the offset in the file at which it starts."""

    container: Container
    offset: int = 0


def recognize(file: Seekable) -> Recognized | None:
    """Return the container of the file, or `None` if it is not supported."""
    start = _end_of_tags(file)
    # The first read suffices for most files, and needs no second one from a remote store.
    for size_bytes in (_MAGIC_BYTES, SNIFF_BYTES):
        file.seek(start)
        head = file.read(size_bytes)
        if container := by_magic_number(head):
            return Recognized(container, start)
    if stream := _first_stream(head):
        return Recognized(stream.container, start + stream.offset)
    return _single_frame(head, start) or (Recognized(CONTAINERS["mp3"]) if start else None)


def _single_frame(head: bytes, start: int) -> Recognized | None:
    """Return the stream of a file that is too short for two frames."""
    for name, parse in (("aac", frames.adts), ("mp3", frames.mpeg)):
        if parse(head):
            return Recognized(CONTAINERS[name], start)
    return None


_FINDERS: tuple[tuple[str, Callable[[bytes], int | None]], ...] = (
    ("mpeg-ts", packets.find_transport_stream),
    ("mpeg-ps", packets.find_program_stream),
)


def _first_stream(head: bytes) -> Recognized | None:
    """Return the stream whose frames or packets start first."""
    found = [
        Recognized(CONTAINERS[name], at)
        for name, find in _FINDERS
        if (at := find(head)) is not None
    ]
    if stream := frames.find(head):
        found.append(Recognized(CONTAINERS[stream.name], stream.offset))
    return min(found, key=lambda one: one.offset, default=None)


def _end_of_tags(file: Seekable) -> int:
    """Return the offset after the ID3v2 and APE tags at the start of the file."""
    at = 0
    for _ in range(_MAX_TAGS):
        file.seek(at)
        size_bytes = _tag_bytes(file.read(_TAG_HEADER_BYTES))
        if size_bytes is None:
            break
        at += size_bytes
    return at


def _tag_bytes(head: bytes) -> int | None:
    """Return the size of the tag that `head` starts, or `None` if it starts none."""
    if head.startswith(b"ID3"):
        return _id3_bytes(head.ljust(_ID3_HEADER_BYTES, b"\0"))
    if head.startswith(b"APETAGEX") and len(head) == _TAG_HEADER_BYTES:
        return _TAG_HEADER_BYTES + int.from_bytes(head[12:16], "little")
    return None


def _id3_bytes(head: bytes) -> int:
    """Return the size of an ID3v2 tag. Its four digits have seven bits each."""
    content_bytes = sum((head[6 + place] & 0x7F) << 7 * (3 - place) for place in range(4))
    has_footer = head[5] & _ID3_FOOTER_FLAG
    return content_bytes + _ID3_HEADER_BYTES * (2 if has_footer else 1)

"""Finds the container of a file, and the byte at which it starts.

What precedes the first frame or packet is skipped: tags, the rest of a frame that a recorder cut,
and a second WAV header.
"""

from collections.abc import Callable
from dataclasses import dataclass

from whisperfarm_contract.media import frames, packets, wrapped_wav
from whisperfarm_contract.media.containers import CONTAINERS, Container, by_magic_number
from whisperfarm_contract.media.seekable import Seekable
from whisperfarm_contract.media.tags import end_of_tags

SNIFF_BYTES = 1 << 16
"""Number of bytes after the tags that are searched."""

_MAGIC_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Recognized:
    """A container, and the offset in the file at which it starts.

    `is_wrapped`: another header precedes its own, and states a rate that need not be true.
    """

    container: Container
    offset: int = 0
    is_wrapped: bool = False


def recognize(file: Seekable) -> Recognized | None:
    """Return the container of the file, or `None` if it is not supported."""
    start = end_of_tags(file)
    if (inner := wrapped_wav.find(file, start)) is not None:
        return Recognized(CONTAINERS["wav"], inner, is_wrapped=True)
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

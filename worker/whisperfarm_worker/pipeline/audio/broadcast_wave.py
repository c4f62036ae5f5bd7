"""Reads the `bext` chunk of Broadcast Wave files (EBU Tech 3285)."""

from whisperfarm_contract.media import Seekable
from whisperfarm_worker.pipeline.audio import wav
from whisperfarm_worker.pipeline.audio.chunks import chunks, read_at

_AT, _BYTES = 338, 8
"""Where the time reference is, after the description, the originator and the date."""


def time_reference(file: Seekable, start: int = 0) -> int | None:
    """Return the samples from midnight to the first one of the WAV file at the offset `start`.

    Returns `None` if the file has no such chunk, or an incomplete one.
    """
    order = wav.byte_order(file, start)
    if order is None:
        return None
    for chunk in chunks(file, start + 12, wav.LAYOUTS[order]):
        if chunk.name == b"bext":
            content = read_at(file, chunk.offset + _AT, _BYTES)
            is_complete = min(chunk.size_bytes - _AT, len(content)) >= _BYTES
            return _samples(content, order) if is_complete else None
    return None


def _samples(content: bytes, order: wav.ByteOrder) -> int:
    """Return the number whose lower half comes first in both byte orders."""
    low, high = (int.from_bytes(half, order) for half in (content[:4], content[4:]))
    return high << 32 | low

"""Recordings that a client calls headerless, and that may have a header all the same."""

import struct
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

from whisperfarm_contract.media.containers import by_magic_number

_HEAD_BYTES = 64
"""Enough for every magic number at the start of a file."""

_WAV_TAGS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"s16le": (1, 2), "alaw": (6, 1), "mulaw": (7, 1)}
)
"""Format tag of WAV and bytes per sample, by encoding."""

WAV_ENCODINGS = tuple(_WAV_TAGS)
"""Encodings of headerless audio that a WAV header can describe."""

_UNKNOWN_SIZE = 0xFFFF_FFFF


async def peek(
    audio: AsyncIterator[bytes], size: int = _HEAD_BYTES
) -> tuple[bytes, AsyncIterator[bytes]]:
    """Read the first `size` bytes, or more. Returns them, and the whole audio."""
    head = b""
    async for chunk in audio:
        head += chunk
        if len(head) >= size:
            break
    return head, prepend(head, audio)


def has_header(head: bytes) -> bool:
    """Whether the audio starts with the magic number of a container."""
    return by_magic_number(head) is not None


async def prepend(head: bytes, audio: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield these bytes, if there are any, and then the audio."""
    if head:
        yield head
    async for chunk in audio:
        yield chunk


def wav_header(encoding: str, *, rate_hz: int, channels: int) -> bytes:
    """Return the header of a WAV file of unknown length, in one of `WAV_ENCODINGS`."""
    tag, sample_bytes = _WAV_TAGS[encoding]
    frame_bytes = sample_bytes * channels
    fields = (tag, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 8 * sample_bytes)
    audio_format = struct.pack("<HHIIHH", *fields)
    chunks = b"fmt " + struct.pack("<I", len(audio_format)) + audio_format + b"data"
    size = struct.pack("<I", _UNKNOWN_SIZE)
    return b"RIFF" + size + b"WAVE" + chunks + size

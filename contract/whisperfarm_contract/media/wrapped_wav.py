"""A WAV file in a WAV file: a recorder that took a whole file for samples wrote a second header.

SIPREC does so with the recordings that it is asked to transcribe (loreste/siprec,
`pkg/stt/async_processor.go`).
"""

import struct

from whisperfarm_contract.media.seekable import Seekable

_RIFF_BYTES = 12
_CHUNK_BYTES = 8
_MAX_CHUNKS = 8


def find(file: Seekable, start: int = 0) -> int | None:
    """Return the offset of the inner file if a WAV file at `start` has one in place of samples."""
    if not _is_wav(file, start):
        return None
    at = start + _RIFF_BYTES
    for _ in range(_MAX_CHUNKS):
        file.seek(at)
        head = file.read(_CHUNK_BYTES)
        if len(head) < _CHUNK_BYTES:
            return None
        at += _CHUNK_BYTES
        name, size_bytes = struct.unpack("<4sI", head)
        if name == b"data":
            return at if _is_wav(file, at) else None
        at += size_bytes + size_bytes % 2
    return None


def _is_wav(file: Seekable, at: int) -> bool:
    file.seek(at)
    head = file.read(_RIFF_BYTES)
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"

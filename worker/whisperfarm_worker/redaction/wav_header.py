"""The header of a WAV file of 16-bit samples: RIFF, or RF64 (EBU Tech 3306) for 4 GiB and more.

It has no other chunks, and so nothing of what the original says about itself.
"""

import struct

SAMPLE_BYTES = 2

_PCM = 1
_MAX_SIZE = 0xFFFF_FFFF


def wav_header(frames: int, *, channels: int, rate_hz: int) -> bytes:
    """Return the header that precedes these samples."""
    frame_bytes = channels * SAMPLE_BYTES
    rates = (rate_hz, rate_hz * frame_bytes, frame_bytes, SAMPLE_BYTES * 8)
    format_chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, channels, *rates)
    data_bytes = frames * frame_bytes
    riff_bytes = len(b"WAVE") + len(format_chunk) + 8 + data_bytes
    if riff_bytes < _MAX_SIZE:
        start = struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE")
        return start + format_chunk + struct.pack("<4sI", b"data", data_bytes)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff_bytes + 36, data_bytes, frames, 0)
    start = struct.pack("<4sI4s", b"RF64", _MAX_SIZE, b"WAVE")
    return start + sizes + format_chunk + struct.pack("<4sI", b"data", _MAX_SIZE)

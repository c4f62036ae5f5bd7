"""The `bext` chunk of WAV files."""

import io
import struct

import pytest

from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.broadcast_wave import time_reference


def _bext(low_and_high: bytes, *, size_bytes: int = 602) -> bytes:
    content = (bytes(338) + low_and_high).ljust(602, b"\0")[:size_bytes]
    return b"bext" + struct.pack("<I", size_bytes) + content


def _with_chunk(chunk: bytes, *, kind: bytes = b"RIFF") -> io.BytesIO:
    plain = wav(seconds=0.1, rate_hz=8000)
    return io.BytesIO(kind + plain[4:12] + chunk + plain[12:])


@pytest.mark.parametrize("samples", [0, 1, 1 << 32, (1 << 64) - 1])
@pytest.mark.parametrize("kind", [b"RIFF", b"RF64", b"BW64"])
def test_time_reference_is_a_number_of_64_bits(samples: int, kind: bytes) -> None:
    assert time_reference(_with_chunk(_bext(struct.pack("<Q", samples)), kind=kind)) == samples


def test_the_lower_half_is_first_in_big_endian_files() -> None:
    chunk = b"bext" + struct.pack(">I", 602) + (bytes(338) + struct.pack(">II", 7, 1)).ljust(602)
    file = io.BytesIO(b"RIFX" + bytes(4) + b"WAVE" + chunk)
    assert time_reference(file) == (1 << 32) + 7


@pytest.mark.parametrize("size_bytes", [0, 338, 344])
def test_an_incomplete_chunk_has_no_time_reference(size_bytes: int) -> None:
    chunk = _bext(struct.pack("<Q", 1), size_bytes=size_bytes)
    assert time_reference(_with_chunk(chunk)) is None


def test_a_chunk_that_the_file_cuts_off_has_no_time_reference() -> None:
    file = _with_chunk(_bext(struct.pack("<Q", 1)))
    assert time_reference(io.BytesIO(file.getvalue()[:360])) is None


def test_other_files_have_no_time_reference() -> None:
    assert time_reference(io.BytesIO(wav(seconds=0.1))) is None
    assert time_reference(io.BytesIO(b"RIFF")) is None

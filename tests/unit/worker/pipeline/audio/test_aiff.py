"""AIFF headers."""

import io
import struct

import pytest

from whisperfarm_worker.pipeline.audio.aiff import read_header
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader

RATE_8000 = bytes.fromhex("400bfa00000000000000")
RATE_44100 = bytes.fromhex("400eac44000000000000")


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content


def _common(*, bits: int = 16, rate: bytes = RATE_8000, compression: bytes = b"") -> bytes:
    return _chunk(b"COMM", struct.pack(">HIH", 2, 20, bits) + rate + compression)


def _sound(content: bytes = bytes(80), *, skipped: int = 0) -> bytes:
    return _chunk(b"SSND", struct.pack(">II", skipped, 0) + bytes(skipped) + content)


def _read(*chunks: bytes) -> AudioHeader:
    found = read_header(io.BytesIO(b"FORM\0\0\0\0AIFF" + b"".join(chunks)))
    assert found is not None
    return found


def test_read_header_returns_format_offset_and_size() -> None:
    head = _read(_common(), _sound())
    assert (head.channels, head.sample_rate_hz, head.encoding) == (2, 8000, "s16be")
    assert (head.data_offset, head.data_bytes, head.frame_bytes) == (54, 80, 4)


def test_chunks_may_have_any_order() -> None:
    head = _read(_chunk(b"NAME", b"call"), _sound(), _common(rate=RATE_44100))
    assert (head.sample_rate_hz, head.data_offset) == (44_100, 40)


def test_samples_may_start_later() -> None:
    head = _read(_common(), _sound(skipped=10))
    assert (head.data_offset, head.data_bytes) == (64, 80)


@pytest.mark.parametrize(
    ("compression", "bits", "encoding"),
    [
        (b"", 8, "s8"),
        (b"", 12, "s16be"),
        (b"NONE", 24, "s24be"),
        (b"twos", 32, "s32be"),
        (b"sowt", 8, "s8"),
        (b"sowt", 16, "s16le"),
        (b"raw ", 8, "u8"),
        (b"fl32", 32, "f32be"),
        (b"FL64", 64, "f64be"),
        (b"alaw", 16, "alaw"),
        (b"ulaw", 16, "mulaw"),
        (b"ima4", 16, None),
        (b"NONE", 64, None),
        (b"NONE", 0, None),
    ],
)
def test_encoding_follows_compression_and_bits(
    compression: bytes, bits: int, encoding: str | None
) -> None:
    assert _read(_common(bits=bits, compression=compression), _sound()).encoding == encoding


@pytest.mark.parametrize("rate", [bytes(10), b"\xff" * 10, b"\x7f\xff" + b"\xff" * 8])
def test_rate_that_no_integer_holds_is_0(rate: bytes) -> None:
    assert _read(_common(rate=rate), _sound()).sample_rate_hz == 0


@pytest.mark.parametrize("chunks", [b"", b"COMM", _common(), _sound(), _chunk(b"COMM", b"\0")])
def test_incomplete_header_is_none(chunks: bytes) -> None:
    assert read_header(io.BytesIO(b"FORM\0\0\0\0AIFF" + chunks)) is None


def test_length_that_a_pipe_states_is_unknown() -> None:
    sound = _sound().replace(struct.pack(">I", 88), struct.pack(">I", 0x7F000008), 1)
    assert _read(_common(), sound).seconds() is None

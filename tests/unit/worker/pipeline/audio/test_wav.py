"""WAV headers."""

import io
import struct
from dataclasses import replace

import pytest

from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader
from whisperfarm_worker.pipeline.audio.wav import read_header

GUID_END = bytes.fromhex("000000001000800000aa00389b71")


def _wav(*, channels: int = 1, rate: int = 8000) -> bytes:
    return wav(seconds=0.1, rate_hz=rate, channels=channels)


def _read(content: bytes, start: int = 0) -> AudioHeader:
    found = read_header(io.BytesIO(content), start)
    assert found is not None
    return found


def _made(
    code: int, bits: int, *, channels: int = 1, frame_bytes: int | None = None, extra: bytes = b""
) -> bytes:
    """A WAV file with this format, and 80 bytes of samples."""
    block = channels * ((bits + 7) // 8) if frame_bytes is None else frame_bytes
    fields = struct.pack("<HHIIHH", code, channels, 8000, 8000 * block, block, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(fields)) + fields + b"data" + struct.pack("<I", 80)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + 80) + b"WAVE" + chunks + bytes(80)


def _extensible(code: int, bits: int) -> bytes:
    extra = struct.pack("<HHIH", 22, bits, 0, code) + GUID_END
    return _made(0xFFFE, bits, extra=extra)


def test_read_header_returns_format_offset_and_size() -> None:
    head = _read(_wav(channels=2))
    assert (head.channels, head.sample_rate_hz, head.data_offset) == (2, 8000, 44)
    assert (head.encoding, head.frame_bytes, head.data_bytes) == ("s16le", 4, 3200)
    assert head.seconds() == pytest.approx(0.1)


def test_header_duration_uses_another_sample_rate() -> None:
    assert _read(_wav(rate=16_000)).seconds(sample_rate_hz=8000) == pytest.approx(0.2)


def test_read_header_skips_other_chunks() -> None:
    content = _wav()
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    assert _read(content[:36] + extra + content[36:]).data_offset == 44 + len(extra)


def test_read_header_skips_a_chunk_that_is_larger_than_a_read() -> None:
    content = _wav()
    extra = b"bext" + struct.pack("<I", 200_000) + bytes(200_000)
    assert _read(content[:12] + extra + content[12:]).data_offset == 44 + len(extra)


def test_read_header_starts_at_the_offset() -> None:
    assert _read(bytes(10) + _wav(), 10).data_offset == 54


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, 0x7F000000])
def test_streaming_size_is_an_unknown_length(size: int) -> None:
    content = _wav()
    assert _read(content[:40] + struct.pack("<I", size) + content[44:]).seconds() is None


@pytest.mark.parametrize("cut", [0, 11, 20, 43])
def test_read_header_returns_none_for_a_partial_header(cut: int) -> None:
    assert read_header(io.BytesIO(_wav()[:cut])) is None


def test_read_header_returns_none_for_other_files() -> None:
    assert read_header(io.BytesIO(b"OggS" + bytes(100))) is None


def test_header_without_a_rate_has_no_duration() -> None:
    assert replace(_read(_wav()), sample_rate_hz=0).seconds() is None


@pytest.mark.parametrize(
    ("code", "bits", "encoding"),
    [
        (1, 8, "u8"),
        (1, 12, "s16le"),
        (1, 16, "s16le"),
        (1, 20, "s24le"),
        (1, 24, "s24le"),
        (1, 32, "s32le"),
        (3, 32, "f32le"),
        (3, 64, "f64le"),
        (6, 8, "alaw"),
        (7, 8, "mulaw"),
    ],
)
def test_encoding_follows_the_code_and_the_bits(code: int, bits: int, encoding: str) -> None:
    assert _read(_made(code, bits)).encoding == encoding
    assert _read(_extensible(code, bits)).encoding == encoding


@pytest.mark.parametrize(
    ("code", "bits"), [(1, 0), (1, 64), (3, 16), (2, 4), (0x11, 4), (0x31, 0), (0x55, 0)]
)
def test_other_codes_have_no_encoding(code: int, bits: int) -> None:
    assert _read(_made(code, bits)).encoding is None


def test_extensible_format_with_another_guid_has_no_encoding() -> None:
    assert _read(_extensible(1, 16).replace(GUID_END, bytes(14))).encoding is None


@pytest.mark.parametrize("frame_bytes", [0, 1, 3, 0xFFFF])
def test_wrong_frame_size_is_ignored(frame_bytes: int) -> None:
    head = _read(_made(1, 16, channels=2, frame_bytes=frame_bytes))
    assert (head.encoding, head.frame_bytes) == ("s16le", 4)


def test_padded_samples_have_no_encoding() -> None:
    assert _read(_made(1, 24, frame_bytes=4)).encoding is None


def test_big_endian_file() -> None:
    fields = struct.pack(">HHIIHH", 1, 2, 8000, 32_000, 4, 16)
    chunks = b"fmt " + struct.pack(">I", 16) + fields + b"data" + struct.pack(">I", 80)
    head = _read(b"RIFX" + struct.pack(">I", 120) + b"WAVE" + chunks + bytes(80))
    assert (head.channels, head.sample_rate_hz, head.encoding) == (2, 8000, "s16be")
    assert head.data_bytes == 80


@pytest.mark.parametrize("name", [b"RF64", b"BW64"])
def test_long_file_has_its_size_in_ds64(name: bytes) -> None:
    content = _wav()
    size = 5_000_000_000
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, size + 100, size, size // 2, 0)
    data = b"data" + struct.pack("<I", 0xFFFFFFFF)
    head = _read(name + content[4:12] + ds64 + content[12:36] + data + content[44:])
    assert head.seconds() == pytest.approx(size / 2 / 8000)


def test_many_chunks_are_not_followed() -> None:
    content = _wav()
    assert read_header(io.BytesIO(content[:12] + bytes(8 * 20_000) + content[12:])) is None

"""WAV headers."""

import struct

import pytest

from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.wav import read_header


def _wav(*, channels: int = 1, rate: int = 8000) -> bytes:
    return wav(seconds=0.1, rate_hz=rate, channels=channels)


def test_read_header_returns_format_offset_and_size() -> None:
    head = read_header(_wav(channels=2))
    assert head is not None
    assert (head.channels, head.sample_rate_hz, head.data_offset) == (2, 8000, 44)
    assert head.seconds() == pytest.approx(0.1)


def test_header_duration_uses_another_sample_rate() -> None:
    head = read_header(_wav(rate=16_000))
    assert head is not None
    assert head.seconds(sample_rate_hz=8000) == pytest.approx(0.2)


def test_read_header_skips_other_chunks() -> None:
    sanitize = _wav()
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    head = read_header(sanitize[:36] + extra + sanitize[36:])
    assert head is not None
    assert head.data_offset == 44 + len(extra)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_streaming_size_is_an_unknown_length(size: int) -> None:
    sanitize = _wav()
    head = read_header(sanitize[:40] + struct.pack("<I", size) + sanitize[44:])
    assert head is not None
    assert head.seconds() is None


@pytest.mark.parametrize("cut", [0, 11, 20, 43])
def test_read_header_returns_none_for_a_partial_header(cut: int) -> None:
    assert read_header(_wav()[:cut]) is None


def test_read_header_returns_none_for_other_files() -> None:
    assert read_header(b"OggS" + bytes(100)) is None


def test_header_without_a_rate_has_no_duration() -> None:
    sanitize = bytearray(_wav())
    sanitize[24:28] = bytes(4)
    head = read_header(bytes(sanitize))
    assert head is not None
    assert head.seconds() is None

"""What WAV headers say."""

import struct

import pytest

from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.wav import read_head


def _wav(*, channels: int = 1, rate: int = 8000) -> bytes:
    return wav(seconds=0.1, rate_hz=rate, channels=channels)


def test_a_header_tells_shape_place_and_length() -> None:
    head = read_head(_wav(channels=2))
    assert head is not None
    assert (head.channels, head.sample_rate_hz, head.data_at) == (2, 8000, 44)
    assert head.seconds() == pytest.approx(0.1)


def test_length_by_another_rate_than_the_headers() -> None:
    head = read_head(_wav(rate=16_000))
    assert head is not None
    assert head.seconds(sample_rate_hz=8000) == pytest.approx(0.2)


def test_chunks_before_the_samples_are_passed_over() -> None:
    plain = _wav()
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    head = read_head(plain[:36] + extra + plain[36:])
    assert head is not None
    assert head.data_at == 44 + len(extra)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_streaming_writers_size_is_no_length(size: int) -> None:
    plain = _wav()
    head = read_head(plain[:40] + struct.pack("<I", size) + plain[44:])
    assert head is not None
    assert head.seconds() is None


@pytest.mark.parametrize("cut", [0, 11, 20, 43])
def test_a_header_that_is_not_whole_is_none(cut: int) -> None:
    assert read_head(_wav()[:cut]) is None


def test_other_files_have_no_wav_header() -> None:
    assert read_head(b"OggS" + bytes(100)) is None


def test_a_header_without_a_rate_has_no_length() -> None:
    plain = bytearray(_wav())
    plain[24:28] = bytes(4)
    head = read_head(bytes(plain))
    assert head is not None
    assert head.seconds() is None

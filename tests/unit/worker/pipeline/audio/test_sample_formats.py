"""Conversions of samples."""

import struct

import numpy as np
import pytest

from whisperfarm_worker.pipeline.audio.sample_formats import FORMATS


@pytest.mark.parametrize(
    ("name", "data", "samples"),
    [
        ("u8", b"\x00\x80\xff", [-1, 0, 127 / 128]),
        ("s8", b"\x80\x00\x7f", [-1, 0, 127 / 128]),
        ("s16le", b"\x00\x80\x00\x40", [-1, 0.5]),
        ("s16be", b"\x80\x00\x40\x00", [-1, 0.5]),
        ("s24le", b"\x00\x00\x80\x00\x00\x40", [-1, 0.5]),
        ("s24be", b"\x80\x00\x00\x40\x00\x00", [-1, 0.5]),
        ("s32le", b"\x00\x00\x00\x80\x00\x00\x00\x40", [-1, 0.5]),
        ("s32be", b"\x80\x00\x00\x00\x40\x00\x00\x00", [-1, 0.5]),
        ("f32le", struct.pack("<2f", -1.5, 0.25), [-1.5, 0.25]),
        ("f32be", struct.pack(">2f", -1.5, 0.25), [-1.5, 0.25]),
        ("f64le", struct.pack("<2d", -1.5, 1e300), [-1.5, np.inf]),
        ("f64be", struct.pack(">2d", -1.5, 0.25), [-1.5, 0.25]),
    ],
)
def test_full_scale_is_1(name: str, data: bytes, samples: list[float]) -> None:
    made = FORMATS[name].to_floats(data)
    assert made.dtype == np.float32
    assert made.tolist() == samples
    assert FORMATS[name].size_bytes * len(samples) == len(data)


@pytest.mark.parametrize(
    ("name", "zeros", "loudest"),
    [
        ("mulaw", b"\x7f\xff", {0x00: -32124, 0x80: 32124}),
        ("alaw", b"", {0x2A: -32256, 0xAA: 32256}),
    ],
)
def test_g711_has_the_values_of_the_standard(
    name: str, zeros: bytes, loudest: dict[int, int]
) -> None:
    samples = FORMATS[name].to_floats(bytes(range(256))) * 32768
    assert [code for code in range(256) if not samples[code]] == list(zeros)
    assert {code: int(samples[code]) for code in loudest} == loudest
    assert np.abs(samples).max() == max(loudest.values())

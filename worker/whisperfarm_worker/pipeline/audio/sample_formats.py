"""Encodings of uncompressed samples, and how numpy reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""Samples of shape (samples,), from -1 to 1. Those of floating-point formats may be any value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFormat:
    """The bytes of a sample, and their conversion. `is_float` means that any value may occur."""

    size_bytes: int
    to_floats: Callable[[bytes], Floats]
    is_float: bool = False


def _integers(name: str, *, zero: int = 0) -> SampleFormat:
    kind = np.dtype(name)
    full_scale = float(1 << (8 * kind.itemsize - 1))

    def convert(data: bytes) -> Floats:
        samples = np.frombuffer(data, kind).astype(np.float32)
        if zero:
            samples -= zero
        samples *= np.float32(1 / full_scale)
        return samples

    return SampleFormat(size_bytes=kind.itemsize, to_floats=convert)


def _integers_of_3_bytes(name: str) -> SampleFormat:
    kind = np.dtype(name)  # of 4 bytes, the last significant of which is 0
    filled = slice(1, 4) if kind.str[0] == "<" else slice(0, 3)

    def convert(data: bytes) -> Floats:
        padded = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        padded[:, filled] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        samples = padded.view(kind)[:, 0].astype(np.float32)
        samples *= np.float32(2.0**-31)
        return samples

    return SampleFormat(size_bytes=3, to_floats=convert)


def _floats(name: str) -> SampleFormat:
    kind = np.dtype(name)

    def convert(data: bytes) -> Floats:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.frombuffer(data, kind).astype(np.float32)

    return SampleFormat(size_bytes=kind.itemsize, to_floats=convert, is_float=True)


def _looked_up(values: NDArray[np.int64]) -> SampleFormat:
    table = (values / 32768.0).astype(np.float32)
    return SampleFormat(
        size_bytes=1, to_floats=lambda data: np.take(table, np.frombuffer(data, np.uint8))
    )


def _mulaw() -> NDArray[np.int64]:
    """Return the samples of 16 bits for all bytes, by ITU-T G.711."""
    codes = ~np.arange(256) & 0xFF
    segment = (codes >> 4) & 7
    size = ((((codes & 15) << 3) + 132) << segment) - 132
    return np.where(codes & 0x80, -size, size)


def _alaw() -> NDArray[np.int64]:
    """Return the samples of 16 bits for all bytes, by ITU-T G.711."""
    codes = np.arange(256) ^ 0x55
    segment, step = (codes >> 4) & 7, 2 * (codes & 15) + 1
    size = np.where(segment > 0, (step + 32) << (segment + 2), step << 3)
    return np.where(codes & 0x80, size, -size)


FORMATS: Mapping[str, SampleFormat] = MappingProxyType(
    {
        "u8": _integers("u1", zero=128),
        "s8": _integers("i1"),
        "s16le": _integers("<i2"),
        "s16be": _integers(">i2"),
        "s24le": _integers_of_3_bytes("<i4"),
        "s24be": _integers_of_3_bytes(">i4"),
        "s32le": _integers("<i4"),
        "s32be": _integers(">i4"),
        "f32le": _floats("<f4"),
        "f32be": _floats(">f4"),
        "f64le": _floats("<f8"),
        "f64be": _floats(">f8"),
        "alaw": _looked_up(_alaw()),
        "mulaw": _looked_up(_mulaw()),
    }
)
"""The formats by the names that ffmpeg gives them."""

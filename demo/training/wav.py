"""WAV files: 16-bit PCM, and G.711 mu-law as telephone recorders write it."""

import struct
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

_MU_LAW_FORMAT = 7
_BIAS, _CLIP = 132, 32_635


def write_pcm(path: Path, samples: npt.NDArray[np.int16], *, rate_hz: int) -> None:
    """Write int16 samples: (n,) as mono, (n, channels) interleaved."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())


def read_pcm(path: Path) -> npt.NDArray[np.float32]:
    """Samples of a mono file, -1 to 1."""
    with wave.open(str(path)) as file:
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32_768)


def write_mu_law(path: Path, samples: npt.NDArray[np.int16], *, rate_hz: int) -> None:
    """Write mono int16 samples as one byte each."""
    data = mu_law_bytes(samples)
    form = struct.pack("<HHIIHHH", _MU_LAW_FORMAT, 1, rate_hz, rate_hz, 1, 8, 0)
    fact = struct.pack("<I", len(samples))
    body = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"fact", fact) + _chunk(b"data", data)
    path.write_bytes(_chunk(b"RIFF", body))


def mu_law_bytes(samples: npt.NDArray[np.int16]) -> bytes:
    """G.711 mu-law: sign, three bits of exponent, four of mantissa, all inverted."""
    wide = samples.astype(np.int32)
    sign = np.where(wide < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(wide), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

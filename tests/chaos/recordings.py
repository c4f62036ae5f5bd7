"""Recordings with a known transcript: the stub engine returns a digest of their samples."""

import random
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from tests.support import recordings

RATE_HZ = 16_000
WINDOW_S = 1
FAILS_ONCE_SAMPLE = 12_345
"""If this is the first sample of a recording, its first attempt fails."""

Kind = Literal["plain", "long", "fails_once", "cancelled", "undecodable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A WAV file and the transcript that the farm must return for it."""

    kind: Kind
    wav: bytes
    text: str


def make_recording(kind: Kind, rng: random.Random) -> Recording:
    """Return a recording with random samples."""
    # Whole quarters of a second have exact durations in floating point.
    quarters = {"long": 20, "cancelled": 12}.get(kind) or rng.randint(3, 8)
    samples = rng.randbytes(quarters * RATE_HZ // 2)
    if kind == "fails_once":
        samples = FAILS_ONCE_SAMPLE.to_bytes(2, "little") + samples[2:]
    wav = recordings.wav(samples, rate_hz=RATE_HZ)
    if kind == "undecodable":
        wav = wav[:20] + b"\x77\x77" + wav[22:]  # an unknown codec
    return Recording(kind=kind, wav=wav, text=expected_text(samples))


def expected_text(samples: bytes) -> str:
    """Return the text of 16-bit samples: the digest words of each window."""
    size = 2 * RATE_HZ * WINDOW_S
    starts = range(0, len(samples), size)
    return " ".join(digest_words(samples[start : start + size]) for start in starts)


def digest_words(window: bytes) -> str:
    """Return three words from the digest of the samples."""
    digest = sha256(window).hexdigest()
    return " ".join(digest[start : start + 6] for start in range(0, 18, 6))

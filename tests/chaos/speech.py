"""Recordings whose text is known: a digest of their samples, which the stub engine "hears"."""

import random
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from tests.support import recordings

RATE_HZ = 16_000
WINDOW_S = 1
UNLUCKY = 12_345
"""A recording whose first sample this is makes the engine fail at the first attempt."""

Kind = Literal["plain", "long", "unlucky", "cancelled", "garbled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A recording: the bytes of its file, and what a farm must hear in it."""

    kind: Kind
    wav: bytes
    text: str


def spoken(kind: Kind, chance: random.Random) -> Spoken:
    """A recording that there was never before."""
    # Whole quarters of a second, so that times in seconds are exact.
    quarters = {"long": 20, "cancelled": 12}.get(kind) or chance.randint(3, 8)
    samples = chance.randbytes(quarters * RATE_HZ // 2)
    if kind == "unlucky":
        samples = UNLUCKY.to_bytes(2, "little") + samples[2:]
    wav = recordings.wav(samples, rate_hz=RATE_HZ)
    if kind == "garbled":
        wav = wav[:20] + b"\x77\x77" + wav[22:]  # a codec that nobody has
    return Spoken(kind=kind, wav=wav, text=heard(samples))


def heard(samples: bytes) -> str:
    """The text of 16 bit samples, window by window."""
    size = 2 * RATE_HZ * WINDOW_S
    starts = range(0, len(samples), size)
    return " ".join(words_of(samples[start : start + size]) for start in starts)


def words_of(window: bytes) -> str:
    """A few words that no other samples have."""
    digest = sha256(window).hexdigest()
    return " ".join(digest[start : start + 6] for start in range(0, 18, 6))

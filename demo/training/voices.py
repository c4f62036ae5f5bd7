"""The speakers: every English accent of espeak-ng in each of its thirteen numbered voices."""

import random
from dataclasses import dataclass

ACCENTS: tuple[str, ...] = (
    "en-us",
    "en-us-nyc",
    "en-gb",
    "en-gb-scotland",
    "en-gb-x-rp",
    "en-gb-x-gbclan",
    "en-gb-x-gbcwmd",
    "en-029",
)
MALE: tuple[str, ...] = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")
FEMALE: tuple[str, ...] = ("f1", "f2", "f3", "f4", "f5")

HELD_OUT: frozenset[str] = frozenset(
    f"{accent}+{variant}"
    for accent, variants in {
        "en-us": ("m4", "f3"),
        "en-gb": ("m4", "f3"),
        "en-gb-scotland": ("m4", "f3", "m2"),
        "en-gb-x-rp": ("m6", "f1"),
        "en-029": ("m7", "f4"),
        "en-us-nyc": ("m1", "f2"),
    }.items()
    for variant in variants
)
"""Voices that no training phrase uses."""

ALL: tuple[str, ...] = (*ACCENTS, *(f"{a}+{v}" for a in ACCENTS for v in MALE + FEMALE))
TRAIN: tuple[str, ...] = tuple(voice for voice in ALL if voice not in HELD_OUT)


@dataclass(frozen=True)
class Speaker:
    """One way of speaking: an espeak-ng voice at a pace and a pitch."""

    voice: str
    speed_wpm: int
    pitch: int
    """0 to 100, as `espeak-ng -p`."""


def draw_speaker(rng: random.Random, voices: tuple[str, ...]) -> Speaker:
    """Return a speaker slightly beyond the supported range (130-185 wpm, pitch 35-65)."""
    return Speaker(rng.choice(voices), rng.randint(120, 195), rng.randint(28, 72))

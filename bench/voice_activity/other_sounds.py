"""Recordings without speech: signalling tones, hum, music and noise, as loud as speech."""

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.signal import sosfilt

from bench.voice_activity.speech import Recording
from tests.support.tones import TONES
from training.augment import telephone
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_LEVEL_DB = -20.0
_SILENCE = np.zeros(2 * SAMPLE_RATE_HZ, np.float32)

_KINDS: Mapping[str, tuple[str, ...]] = {
    "ring, dial and busy tones": (
        "ring_440", "ring_440_480", "dial_350_440", "busy_480_620", "congestion_480_620",
        "busy_425", "congestion_425", "special_information", "fax_1100", "fax_2100",
    ),
    "dialled digits": ("dtmf_slow", "dtmf", "dtmf_fast"),
    "music": ("note", "melody", "chords", "square_440"),
    "hum": ("hum_50", "hum_60"),
}  # fmt: skip


def recordings() -> Iterator[Recording]:
    """Yield each sound between silences, and as the telephone has it."""
    for kind, names in _KINDS.items():
        for name in names:
            yield from _both(kind, TONES[name]())
    random = np.random.default_rng(0)
    for leak in (0.0, 0.5, 0.9, 0.97):
        white = random.standard_normal(20 * SAMPLE_RATE_HZ)
        yield from _both("noise", sosfilt([[1.0, 0, 0, 1.0, -leak, 0]], white))


def _both(kind: str, sound: Samples) -> Iterator[Recording]:
    level = 10 ** (_LEVEL_DB / 20) / np.sqrt(np.mean(np.square(sound)))
    scaled = np.clip(sound * level, -1, 1).astype(np.float32)
    recording = np.concatenate([_SILENCE, scaled, _SILENCE])
    yield Recording(kind, recording)
    yield Recording(f"{kind}, 8 kHz µ-law", telephone(recording, narrow_band=True))

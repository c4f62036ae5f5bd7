"""Signalling tones, hum and music: 6 seconds each, at 16 kHz."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Tone = NDArray[np.float64]
"""Samples at about full scale; to be scaled."""

_SECONDS = np.arange(96_000) / 16_000


def _sines(*hz: float, on_s: float = 6.0, period_s: float = 6.0) -> Tone:
    """Return the sum of sines, in bursts of `on_s` seconds."""
    total: Tone = np.sum([np.sin(2 * np.pi * one * _SECONDS) for one in hz], axis=0)
    return total * (_SECONDS % period_s < on_s)


def _dtmf(on_s: float, off_s: float) -> Tone:
    """Return the digits 0 to 9, again and again, with these bursts and pauses."""
    digit = (_SECONDS // (on_s + off_s)).astype(int) % 10
    low = np.array([941, 697, 697, 697, 770, 770, 770, 852, 852, 852])[digit]
    high = np.array([1336, 1209, 1336, 1477, 1209, 1336, 1477, 1209, 1336, 1477])[digit]
    total = np.sin(2 * np.pi * low * _SECONDS) + np.sin(2 * np.pi * high * _SECONDS)
    return np.asarray(total * (_SECONDS % (on_s + off_s) < on_s))


def _special_information() -> Tone:
    hz = np.array([950, 1400, 1800])[(_SECONDS / 0.33).astype(int) % 3]
    return np.sin(2 * np.pi * hz * _SECONDS) * (_SECONDS % 2 < 0.99)


def _harmonics(hz: float, count: int) -> Tone:
    total: Tone = np.sum([_sines(hz * k) / k for k in range(1, count + 1)], axis=0)
    return total


def _melody() -> Tone:
    notes = np.array([262, 330, 392, 523, 440, 349, 294, 247])[(_SECONDS * 3).astype(int) % 8]
    total = sum(np.sin(2 * np.pi * notes * k * _SECONDS) / k for k in range(1, 5))
    return np.asarray(total * np.exp(-2 * (_SECONDS * 3 % 1)))


def _chords() -> Tone:
    notes: Tone = np.sum([_harmonics(hz, 4) for hz in (262, 330, 392)], axis=0)
    return np.asarray(notes * np.exp(-2 * (_SECONDS * 2 % 1)))


TONES: Mapping[str, Callable[[], Tone]] = {
    "ring_440": lambda: _sines(440, on_s=1, period_s=3),
    "ring_440_480": lambda: _sines(440, 480, on_s=2, period_s=3),
    "dial_350_440": lambda: _sines(350, 440),
    "busy_480_620": lambda: _sines(480, 620, on_s=0.5, period_s=1),
    "congestion_480_620": lambda: _sines(480, 620, on_s=0.25, period_s=0.5),
    "busy_425": lambda: _sines(425, on_s=0.5, period_s=1),
    "congestion_425": lambda: _sines(425, on_s=0.2, period_s=0.4),
    "special_information": _special_information,
    "fax_1100": lambda: _sines(1100, on_s=0.5, period_s=3.5),
    "fax_2100": lambda: _sines(2100),
    "dtmf_slow": lambda: _dtmf(0.2, 0.3),
    "dtmf": lambda: _dtmf(0.1, 0.1),
    "dtmf_fast": lambda: _dtmf(0.05, 0.05),
    "hum_50": lambda: _sines(50) + 0.5 * _sines(150),
    "hum_60": lambda: _harmonics(60, 11),
    "note": lambda: _harmonics(220, 5),
    "square_440": lambda: np.sign(_sines(440)),
    "melody": _melody,
    "chords": _chords,
}

"""Leaves out the parts of a sound that are steady tones, such as signalling tones, hum and notes.

Nearly all the energy of such tones is in a few narrow lines, as in DTMF and ring tones, or in lines
that keep their frequency, as in hum and music. The harmonics of a voice move all the time, and they
are many. Decision 160 has the figures.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.runs import Mask, drop_short, runs
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, TimeSpan

_FRAME_SAMPLES = 2048
_HOP_SAMPLES = 512
_HOP_S = _HOP_SAMPLES / SAMPLE_RATE_HZ
_HANN = np.hanning(_FRAME_SAMPLES + 1)[:-1].astype(np.float32)
_LATER_FRAMES = _FRAME_SAMPLES // _HOP_SAMPLES
"""Frames that do not overlap: 0.13 s."""

_BIN_HZ = SAMPLE_RATE_HZ / _FRAME_SAMPLES
_BAND_HZ = (30.0, 3500.0)
_BINS = slice(*(round(hz / _BIN_HZ) for hz in _BAND_HZ))
_WEIGHTS = (np.maximum(np.arange(_BINS.start, _BINS.stop) * _BIN_HZ, 500.0) ** 2).astype(np.float32)
"""Voices have 6 to 12 dB less energy in each octave above about 500 Hz. These weights let all their
formants count."""

_LINES = 4
_LINE_BINS = np.arange(-3, 4)
"""A line is 55 Hz wide: that is a tone of 50 ms."""

_MAX_LOSS = 3.0
"""A line that falls to less than a third of its energy in 0.13 s is not steady."""

_AROUND_FRAMES = 31
"""A second: the frames around a frame that count for it."""

_MIN_OTHER_SHARE = 0.06
"""The share of the energy outside of tones is at most 0.02 in signalling tones and hum, 0.05 in
chords, and at least 0.08 in each second of speech."""

_MIN_FRAMES = 7
"""0.22 seconds: a shorter part is not speech."""

Energy = NDArray[np.float32]
"""Weighted energy, of shape (frames, bins) or (frames,)."""


def without_tones(samples: Samples, sound: TimeSpan | SpeechRegion) -> Iterator[TimeSpan]:
    """Yield the parts of a sound that are more than steady tones; all of it is one part.

    `samples` are those of the sound. Speech over tones is a part if it is about as loud as them.
    """
    other = drop_short(_is_other(samples), _MIN_FRAMES)
    for first, last in runs(other):
        yield TimeSpan(
            sound.start + (first - 0.5) * _HOP_S if first else sound.start,
            sound.start + (last - 0.5) * _HOP_S if last < len(other) else sound.end,
        )


def _is_other(samples: Samples) -> Mask:
    """Return for each frame whether the second around it is more than steady tones."""
    energy = _energy(samples)
    is_other: Mask = _sum_around(_outside_tones(energy)) > _MIN_OTHER_SHARE * _sum_around(
        energy.sum(axis=1)
    )
    return is_other


def _energy(samples: Samples) -> Energy:
    """Return the weighted energy of frames that overlap by three quarters, by bin of the band."""
    padded = np.pad(samples - samples.mean(), _FRAME_SAMPLES // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME_SAMPLES)[::_HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _HANN, axis=1)[:, _BINS]
    return ((spectrum.real**2 + spectrum.imag**2) * _WEIGHTS).astype(np.float32)


def _outside_tones(energy: Energy) -> Energy:
    """Return the energy of each frame outside of its strongest lines and of steady lines."""
    rest = _without_lines(energy)
    later = np.pad(energy, ((0, _LATER_FRAMES), (0, 0)))[_LATER_FRAMES:]
    earlier = np.pad(energy, ((_LATER_FRAMES, 0), (0, 0)))[:-_LATER_FRAMES]
    changes = [np.maximum(rest - _MAX_LOSS * beside, 0).sum(axis=1) for beside in (later, earlier)]
    return np.minimum(*changes)


def _without_lines(energy: Energy) -> Energy:
    rest = energy.copy()
    for _ in range(_LINES):
        line = rest.argmax(axis=1)[:, None] + _LINE_BINS
        np.put_along_axis(rest, line.clip(0, rest.shape[1] - 1), 0, axis=1)
    return rest


def _sum_around(energy: Energy) -> Energy:
    half = _AROUND_FRAMES // 2
    return np.convolve(energy, np.ones(_AROUND_FRAMES, np.float32))[half : half + len(energy)]

"""Decides which frames of a channel are a copy of other channels, and which have own speech."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.delays import EQUAL_LEVEL_DB
from whisperfarm_worker.pipeline.crosstalk.prediction import TAPS, predict
from whisperfarm_worker.pipeline.crosstalk.spectrogram import (
    Energy,
    Spectrogram,
    energy,
    moving_mean,
)
from whisperfarm_worker.pipeline.runs import Mask

MIN_COPIED_FRAMES = 10
"""0.3 seconds: a shorter copy is kept."""

_NOISE_QUANTILE = 0.1
_MIN_ABOVE_NOISE = 2.0

_MIN_SHARE = 0.15
_SHARE_FACTOR = 3
_MAX_SHARE, _MAX_SHARE_AT_LEVEL = 0.5, 0.85
_SAME_LEVEL_DB = 2.0
"""Limits of the own share: the share of the energy that the prediction lacks, if the frame is to be
a copy. The share of a copy is 0.01 in a WAV file, 0.07 in an MP3 file of 64 kbit/s, 0.2 in one of
32 kbit/s or in a room with an echo of 0.4 s, and 0.4 in an Opus file of 24 kbit/s. Where a channel
has speech of its own at the level of the copy, it is 0.7 to 0.9, and the level is 3 dB or more
above that of the copy. The limit is `_MIN_SHARE` plus the typical share of the copies times
`_SHARE_FACTOR`, and at most `_MAX_SHARE`, or `_MAX_SHARE_AT_LEVEL` at the typical level."""

_FRAMES_PER_COEFFICIENT = 2
"""Frames overlap by half, so two of them count as one."""

_EQUAL_TIME_S = 0.0005
_LEVEL_FRAMES = 7
_SHARE_FRAMES = 7

_HYPOTHESES = ((1, 1), (2, 2))
"""How many people speak at once, and in how many delays. The first one is fitted by itself, because
further filters may fit one sentence well and leave nothing for the others."""

Values = NDArray[np.float32]
"""A value for each frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A channel that may be the original, in the time of its copy.

    - `delays_s`: by how much the copy is later
    - `loudness`: mean energy of each frame
    - `valid`: frames with speech that is not a copy itself
    - `spectra`: returns a spectrogram for each of some delays
    """

    channel: int
    delays_s: tuple[float, ...]
    loudness: Values
    valid: Mask
    spectra: Callable[[Sequence[float]], list[Spectrogram]]

    def limited(self, delays: int) -> "Source":
        """Return the source with at most this many delays."""
        return replace(self, delays_s=self.delays_s[:delays])


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """Frames that are a copy, and frames with own speech; the others are too quiet for either.

    `source` is the channel that explains most of the frame, and `level_db` the level relative to
    that channel.
    """

    copied: Mask
    own: Mask
    source: NDArray[np.intp]
    level_db: Values


def classify(
    channel: int, spectrum: Spectrogram, active: Mask, candidates: Sequence[Source]
) -> Classified | None:
    """Compare a channel with the channels that may be its originals, frame by frame.

    `active` frames have speech. Returns `None` if too few of them can be a copy.
    """
    is_simple = len(candidates) == 1 and len(candidates[0].delays_s) == 1
    found = [
        _classify(channel, spectrum, active, [one.limited(delays) for one in candidates], originals)
        for originals, delays in _HYPOTHESES[: 1 if is_simple else None]
    ]
    results = [one for one in found if one is not None]
    return reduce(_either, results) if results else None


def _either(simple: Classified, other: Classified) -> Classified:
    """Return what is a copy by one of two hypotheses; the simple one names the source."""
    copied = simple.copied | other.copied
    return Classified(
        copied=copied,
        own=(simple.own | other.own) & ~copied,
        source=np.where(simple.copied, simple.source, other.source),
        level_db=np.where(simple.copied, simple.level_db, other.level_db),
    )


def _classify(
    channel: int,
    spectrum: Spectrogram,
    active: Mask,
    candidates: Sequence[Source],
    max_originals: int,
) -> Classified | None:
    """Return the same if at most this many people speak at once."""
    total = energy(spectrum)
    chosen, levels = _choose(channel, total.mean(axis=1), active, candidates, max_originals)
    used = np.flatnonzero(chosen.sum(axis=1) >= MIN_COPIED_FRAMES)
    if not len(used):
        return None
    sources = [candidates[number] for number in used.tolist()]
    parts = predict(spectrum, [one.spectra(one.delays_s) for one in sources], chosen[used])
    dominant = np.stack([np.sum(np.abs(part) ** 2, axis=1) for part in parts]).argmax(axis=0)
    share, audible = _own_share(total, energy(spectrum - sum(parts)))
    source, frames = used[dominant], np.arange(len(spectrum))
    level_db, possible = levels[source, frames], audible & chosen[source, frames]
    copied = np.zeros_like(active)
    for number in used.tolist():
        chance = _chance_factor(int(chosen[number].sum()), len(candidates[number].delays_s))
        if np.isfinite(chance):
            copied |= _explained(share * chance, level_db, possible & (source == number))
    return Classified(
        copied=copied,
        own=audible & ~copied,
        source=np.array([one.channel for one in candidates])[source],
        level_db=level_db,
    )


def _chance_factor(frames: int, delays: int) -> float:
    """Return the factor that corrects an own share for what the filters fit by chance.

    It is 1 for many frames and grows as the frames become as few as the coefficients of a filter.
    """
    free = frames - _FRAMES_PER_COEFFICIENT * len(TAPS) * delays
    return frames / free if free > 0 else np.inf


def _choose(
    channel: int,
    loudness: Values,
    active: Mask,
    candidates: Sequence[Source],
    max_originals: int,
) -> tuple[Mask, Values]:
    """Return which candidates are compared in each frame, the loudest ones, and the level of the
    channel relative to each, in dB. Both have the shape (candidates, frames)."""
    ours = moving_mean(loudness, _LEVEL_FRAMES)
    theirs = np.stack([moving_mean(one.loudness, _LEVEL_FRAMES) for one in candidates])
    levels = 10 * np.log10((ours + 1e-12) / (theirs + 1e-12))
    allowed = np.stack(
        [
            one.valid & active & _is_lesser(channel, one, level)
            for one, level in zip(candidates, levels, strict=True)
        ]
    )
    ranked = np.sort(np.where(allowed, theirs, 0), axis=0)
    return allowed & (theirs >= ranked[-max_originals:][0]), levels


def _explained(share: Values, level_db: Values, possible: Mask) -> Mask:
    """Return which of the possible copies of a source have a small enough own share."""
    shares = share[possible & (share <= _MAX_SHARE)]
    if not len(shares):
        return np.zeros_like(possible)
    limit = _MIN_SHARE + _SHARE_FACTOR * float(np.median(shares))
    certain = possible & (share <= min(limit, _MAX_SHARE))
    at_level = np.abs(level_db - np.median(level_db[certain])) <= _SAME_LEVEL_DB
    return certain | (possible & at_level & (share <= min(limit, _MAX_SHARE_AT_LEVEL)))


def _is_lesser(channel: int, source: Source, level_db: Values) -> Mask:
    """Return where the channel is quieter than the source, or equally loud and not first."""
    delay_s = source.delays_s[0]
    is_first = delay_s > _EQUAL_TIME_S or (
        abs(delay_s) <= _EQUAL_TIME_S and source.channel < channel
    )
    lesser: Mask = level_db < (EQUAL_LEVEL_DB if is_first else -EQUAL_LEVEL_DB)
    return lesser


def _own_share(total: Energy, rest: Energy) -> tuple[Values, Mask]:
    """Return the share of `rest`, and whether the frame is above the noise.

    Bins are weighted by their mean level, so that the low ones do not decide alone, and steady
    noise and hum count for nothing.
    """
    noise = np.quantile(total, _NOISE_QUANTILE, axis=0)
    weights = 1 / (total.mean(axis=0) + 1e-12)
    above = np.maximum(total - _MIN_ABOVE_NOISE * noise, 0) @ weights
    unexplained = np.maximum(rest - _MIN_ABOVE_NOISE * noise, 0) @ weights
    steady = noise @ weights
    above, unexplained = (moving_mean(one, _SHARE_FRAMES) for one in (above, unexplained))
    return unexplained / (above + 1e-12), above > steady

"""Decides which frames of a channel are a copy of other channels, and which have own speech."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.prediction import predict
from whisperfarm_worker.pipeline.crosstalk.runs import Mask
from whisperfarm_worker.pipeline.crosstalk.spectrogram import (
    Energy,
    Spectrogram,
    energy,
    moving_mean,
)

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

_EQUAL_LEVEL_DB = 4.0
"""Channels with a smaller difference are equally loud: the first one is the original."""

_EQUAL_TIME_S = 0.0005
_LEVEL_FRAMES = 7
_SHARE_FRAMES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A channel that may be the original, in the time of its copy.

    `delay_s` is by how much the copy is later. `valid` frames have speech that is not suppressed
    itself.
    """

    channel: int
    delay_s: float
    spectrum: Spectrogram
    valid: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """Frames that are a copy, and frames with own speech; the others are too quiet for either.

    `source` is the index of the source that explains most of the frame, and `level_db` the level
    of the channel relative to that source.
    """

    copied: Mask
    own: Mask
    source: NDArray[np.intp]
    level_db: NDArray[np.float32]


def classify(
    channel: int, spectrum: Spectrogram, active: Mask, sources: Sequence[Source]
) -> Classified | None:
    """Compare a channel with its possible sources, frame by frame.

    `active` frames have speech. Returns `None` if too few of them can be a copy.
    """
    total = energy(spectrum)
    levels = np.stack([_level_db(total, energy(one.spectrum)) for one in sources])
    is_copy = np.stack(
        [
            one.valid & active & _is_lesser(channel, one, level)
            for one, level in zip(sources, levels, strict=True)
        ]
    )
    usable = is_copy.any(axis=0)
    if usable.sum() < MIN_COPIED_FRAMES:
        return None
    originals = [one.spectrum * mask[:, None] for one, mask in zip(sources, is_copy, strict=True)]
    parts = predict(spectrum, originals, usable)
    dominant = np.stack([np.sum(np.abs(part) ** 2, axis=1) for part in parts]).argmax(axis=0)
    share, audible = _own_share(total, energy(spectrum - sum(parts)))
    frames = np.arange(len(spectrum))
    possible = audible & is_copy[dominant, frames]
    level_db = levels[dominant, frames]
    copied = _explained(share, level_db, dominant, possible)
    return Classified(copied=copied, own=audible & ~copied, source=dominant, level_db=level_db)


def _explained(
    share: NDArray[np.float32],
    level_db: NDArray[np.float32],
    source: NDArray[np.intp],
    possible: Mask,
) -> Mask:
    """Return which of the possible copies have so small an own share that they are copies."""
    shares = share[possible & (share <= _MAX_SHARE)]
    limit = _MIN_SHARE + _SHARE_FACTOR * (float(np.median(shares)) if len(shares) else 0.0)
    certain = possible & (share <= min(limit, _MAX_SHARE))
    copied = certain.copy()
    for number in np.unique(source[certain]):
        typical_db = np.median(level_db[certain & (source == number)])
        at_level = (source == number) & (np.abs(level_db - typical_db) <= _SAME_LEVEL_DB)
        copied |= possible & at_level & (share <= min(limit, _MAX_SHARE_AT_LEVEL))
    return copied


def _level_db(total: Energy, source: Energy) -> NDArray[np.float32]:
    """Return the level of the channel relative to the source, over 0.3 s."""
    ours, theirs = (moving_mean(one.mean(axis=1), _LEVEL_FRAMES) for one in (total, source))
    level: NDArray[np.float32] = 10 * np.log10((ours + 1e-12) / (theirs + 1e-12))
    return level


def _is_lesser(channel: int, source: Source, level_db: NDArray[np.float32]) -> Mask:
    """Return where the channel is quieter than the source, or as loud and not first."""
    is_first = source.delay_s > _EQUAL_TIME_S or (
        abs(source.delay_s) <= _EQUAL_TIME_S and source.channel < channel
    )
    lesser: Mask = level_db < (_EQUAL_LEVEL_DB if is_first else -_EQUAL_LEVEL_DB)
    return lesser


def _own_share(total: Energy, rest: Energy) -> tuple[NDArray[np.float32], Mask]:
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

"""Finds the delays between two channels that have the same sound.

The method is the generalized cross-correlation with phase transform (GCC-PHAT; Knapp and Carter,
1976), in blocks. Equal sounds have a sharp maximum at their delay, of any level and polarity;
different voices have none, and neither has a hum, since it is in few bins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.crosstalk.spectrogram import BAND_HZ
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

BLOCK_SAMPLES = 2 * SAMPLE_RATE_HZ
MAX_DELAY_S = 0.55

_PADDED = 2 * BLOCK_SAMPLES
_LAG_HZ = SAMPLE_RATE_HZ // 2
"""Rate of the correlation. The bins above half of it are not used."""

_BINS = slice(*(round(hz * _PADDED / SAMPLE_RATE_HZ) for hz in BAND_HZ))
_WIDTH = _BINS.stop - _BINS.start
_MAX_LAG = round(MAX_DELAY_S * _LAG_HZ)
_NEAR_LAG = round(0.02 * _LAG_HZ)
_WHITENING_FLOOR = 0.05
_MIN_HEIGHT = 0.12
"""Independent speech stays below 0.07."""

_MAX_PEAKS = 2

EQUAL_LEVEL_DB = 4.0
"""Channels with a smaller difference are equally loud."""


@dataclass(frozen=True, slots=True)
class Delay:
    """A channel is later than another one by `seconds`, and louder by `level_db`.

    `height` is the evidence, 0 to 1.
    """

    seconds: float
    level_db: float
    height: float

    def __neg__(self) -> "Delay":
        """Return the same delay for the other channel."""
        return Delay(-self.seconds, -self.level_db, self.height)


@dataclass(frozen=True, slots=True)
class BlockSpectrum:
    """The whitened spectrum of a block, and its level."""

    white: NDArray[np.complex64]
    level_db: float


def block_spectrum(samples: Samples) -> BlockSpectrum:
    """Return the spectrum of a block of at most `BLOCK_SAMPLES` samples."""
    spectrum = np.fft.rfft(samples, _PADDED)[_BINS]
    magnitude = np.abs(spectrum)
    floor = _WHITENING_FLOOR * float(magnitude.mean()) + 1e-9
    return BlockSpectrum(
        white=(spectrum / (magnitude + floor)).astype(np.complex64),
        level_db=float(10 * np.log10(np.mean(magnitude**2) + 1e-12)),
    )


def block_delays(channel: BlockSpectrum, other: BlockSpectrum) -> list[Delay]:
    """Return by how much `channel` is later than `other`, the strongest evidence first."""
    cross = np.zeros(_PADDED // 4 + 1, np.complex64)
    cross[_BINS] = channel.white * other.white.conj()
    correlation = np.abs(np.fft.irfft(cross)) * (_PADDED / 4 / _WIDTH)
    lags = np.concatenate([correlation[-_MAX_LAG:], correlation[: _MAX_LAG + 1]])
    level_db = channel.level_db - other.level_db
    return [
        Delay((index - _MAX_LAG) / _LAG_HZ, level_db, height)
        for index, height in _peaks(lags, _MAX_PEAKS)
    ]


def _peaks(values: NDArray[np.float32], count: int) -> Iterator[tuple[int, float]]:
    """Yield the highest values that are not near each other, with their index."""
    rest = values.copy()
    for _ in range(count):
        index = int(rest.argmax())
        if rest[index] < _MIN_HEIGHT:
            return
        yield index, float(rest[index])
        rest[max(0, index - _NEAR_LAG) : index + _NEAR_LAG + 1] = 0


def strongest(delays: Iterable[Delay], count: int) -> list[Delay]:
    """Return delays that differ by more than 20 ms, the strongest evidence first."""
    kept: list[Delay] = []
    for one in sorted(delays, key=lambda delay: (-delay.height, delay.seconds)):
        if len(kept) < count and all(
            abs(one.seconds - other.seconds) * _LAG_HZ > _NEAR_LAG for other in kept
        ):
            kept.append(one)
    return kept

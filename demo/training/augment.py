"""Augmentation of speech: level, room noise, a telephone line."""

import random

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, resample_poly, sosfilt

from training.espeak import SAMPLE_RATE_HZ

Audio = npt.NDArray[np.float32]

_MU = 255.0
_TELEPHONE_BAND = butter(4, (200, 3600), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")


def augmented(audio: Audio, rng: random.Random) -> Audio:
    """Return the audio (mono, 16 kHz, -1 to 1) under random conditions, with the same length."""
    if rng.random() < 0.35:
        audio = with_noise(audio, rng, snr_db=rng.uniform(15, 40))
    if rng.random() < 0.45:
        audio = telephone(audio, narrow_band=rng.random() < 0.4)
    gain = 10 ** (rng.uniform(-24, 6) / 20)
    return np.clip(audio * gain, -1, 1).astype(np.float32)


def telephone(audio: Audio, *, narrow_band: bool = False) -> Audio:
    """Encode as mu-law at 8 kHz and decode to 16 kHz again."""
    if narrow_band:
        audio = sosfilt(_TELEPHONE_BAND, audio)
    coded = mu_law(resample_poly(audio, 1, 2))
    return resample_poly(coded, 2, 1)[: len(audio)].astype(np.float32)


def mu_law(audio: Audio) -> Audio:
    """Round to the 256 levels of mu-law."""
    clipped = np.clip(audio, -1, 1)
    squeezed = np.sign(clipped) * np.log1p(_MU * np.abs(clipped)) / np.log1p(_MU)
    levels = np.round((squeezed + 1) / 2 * _MU) / _MU * 2 - 1
    return np.sign(levels) * (np.expm1(np.abs(levels) * np.log1p(_MU)) / _MU)


def with_noise(audio: Audio, rng: random.Random, *, snr_db: float) -> Audio:
    """Add noise between white and brown, `snr_db` below the speech."""
    noise = np.random.default_rng(rng.getrandbits(32)).standard_normal(len(audio))
    leak = rng.choice((0.0, 0.5, 0.9, 0.97))
    if leak:
        noise = sosfilt([[1.0, 0, 0, 1.0, -leak, 0]], noise)
    level = np.sqrt(np.mean(audio**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
    return (audio + level * noise).astype(np.float32)

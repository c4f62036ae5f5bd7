"""Conversion of sample rates."""

import numpy as np
import pytest

from whisperfarm_worker.pipeline.audio.downmix import Frames
from whisperfarm_worker.pipeline.audio.resampler import Resampler


def _tone(rate_hz: int, hz: float = 440.0) -> Frames:
    """One second of a tone on two channels, the second of which is silent."""
    tone = np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz)
    return np.stack([tone, 0 * tone], axis=1).astype(np.float32)


def _resampled(frames: Frames, rate_hz: int, piece: int) -> Frames:
    resampler = Resampler(sample_rate_hz=rate_hz, channels=2)
    pieces = [resampler.append(frames[at : at + piece]) for at in range(0, len(frames), piece)]
    return np.concatenate([*pieces, resampler.flush()])


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_result_is_the_same_sound_at_the_same_time(rate_hz: int) -> None:
    made = _resampled(_tone(rate_hz), rate_hz, rate_hz)
    assert made.shape == (16_000, 2)
    middle = slice(500, -500)
    assert np.allclose(made[middle], _tone(16_000)[middle], atol=1e-4)


@pytest.mark.parametrize("piece", [1, 100, 7_777])
def test_pieces_of_any_length_give_the_same_result(piece: int) -> None:
    frames = _tone(8_000)
    assert np.allclose(
        _resampled(frames, 8_000, piece), _resampled(frames, 8_000, 8_000), atol=1e-6
    )


def test_sound_above_the_limit_of_the_lower_rate_is_removed() -> None:
    made = _resampled(_tone(48_000, hz=9_000.0), 48_000, 48_000)
    assert np.abs(made[500:-500]).max() < 1e-4

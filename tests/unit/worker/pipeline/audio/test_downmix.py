"""The mix of channels, without models."""

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.audio.downmix import Downmix

RATE_HZ = 16_000


def _noise(seed: int, seconds: float = 1.0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, round(seconds * RATE_HZ)).astype(np.float32)


def _mix(*channels: NDArray[np.float32], piece: int = 1000) -> tuple[NDArray[np.float32], float]:
    frames, downmix = np.stack(channels, axis=1), Downmix()
    parts = [downmix.append(frames[at : at + piece]) for at in range(0, len(frames), piece)]
    return np.concatenate([*parts, downmix.flush()]), downmix.inverted_s


@pytest.mark.parametrize("piece", [1, 777, 8000, 40_000])
def test_mix_is_the_mean_for_any_chunking(piece: int) -> None:
    left, right = _noise(1, 1.1), _noise(2, 1.1)
    mixed, inverted_s = _mix(left, right, piece=piece)
    assert np.array_equal(mixed, np.stack([left, right], axis=1).mean(axis=1))
    assert inverted_s == 0.0


def test_mono_passes_unchanged() -> None:
    assert np.array_equal(_mix(_noise(1))[0], _noise(1))


def test_opposed_channel_is_inverted() -> None:
    mixed, inverted_s = _mix(_noise(1, 1.3), -_noise(1, 1.3))
    assert np.allclose(mixed, _noise(1, 1.3))
    assert inverted_s == pytest.approx(1.3)


def test_opposed_channels_are_inverted_despite_a_dc_offset() -> None:
    mixed, inverted_s = _mix(_noise(1) + 0.3, -0.9 * _noise(1) + 0.3)
    assert np.allclose(mixed, 0.95 * _noise(1), atol=1e-4)
    assert inverted_s == pytest.approx(1.0)


def test_dc_offsets_alone_do_not_count_as_opposed() -> None:
    offset = np.full(RATE_HZ, 0.2, dtype=np.float32)
    assert _mix(offset, -offset)[1] == 0.0


def test_each_opposed_pair_is_inverted() -> None:
    first, second = _noise(1), _noise(2)
    mixed, _ = _mix(first, -first, second, -second)
    assert np.allclose(np.abs(mixed).mean(), np.abs(first + second).mean() / 2, rtol=0.05)


def test_opposed_noise_with_a_common_part_keeps_its_energy() -> None:
    voice, hiss_left, hiss_right = _noise(1), _noise(2) / 2, _noise(3) / 2
    mixed, _ = _mix(voice + hiss_left, hiss_right - voice)
    assert np.corrcoef(np.abs(mixed), np.abs(voice))[0, 1] > 0.8


def test_silent_channels_are_left_alone() -> None:
    silence = np.zeros(RATE_HZ, dtype=np.float32)
    mixed, inverted_s = _mix(_noise(1), silence, silence)
    assert np.allclose(mixed, _noise(1) / 3)
    assert inverted_s == 0.0

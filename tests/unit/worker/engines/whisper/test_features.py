"""The spectrogram of a window: equal to that of the window padded to 30 seconds."""

import numpy as np
import pytest

from whisperfarm_worker.engines.faster_whisper.features import spectrogram
from whisperfarm_worker.engines.whisper.features import WINDOW_SAMPLES, window_features


def _noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, count).astype(np.float32)


@pytest.mark.parametrize(
    "count", [0, 1, 79_999, 80_000, WINDOW_SAMPLES - 500, WINDOW_SAMPLES, WINDOW_SAMPLES + 1]
)
@pytest.mark.parametrize("mels", [80, 128])
def test_features_equal_those_of_the_padded_window(count: int, mels: int) -> None:
    window = _noise(count)[:WINDOW_SAMPLES]
    padded = np.pad(window, (0, WINDOW_SAMPLES - len(window)))
    found = window_features(_noise(count), mels, spectrogram)
    assert found.shape == (mels, 3000)
    assert found.dtype == np.float32
    assert np.allclose(found, spectrogram(padded, mels), atol=1e-6)


def test_spectrogram_is_computed_for_the_sound_alone() -> None:
    lengths: list[int] = []

    def record(samples: np.ndarray, mels: int) -> np.ndarray:
        lengths.append(len(samples))
        return np.zeros((mels, len(samples) // 160), np.float32)

    window_features(_noise(32_000), 80, record)
    assert lengths[0] < 34_000

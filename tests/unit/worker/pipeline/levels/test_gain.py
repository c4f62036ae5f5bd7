"""Very quiet speech regions are amplified for the models."""

import numpy as np

from whisperfarm_worker.pipeline.levels.gain import amplify, cut_window, gain_for
from whisperfarm_worker.pipeline.state import SpeechRegion, Waveform, Window

SAMPLES = np.random.default_rng(0).normal(0, 0.001, 64_000).astype(np.float32)


def test_only_the_region_is_amplified() -> None:
    made = amplify(SAMPLES, [SpeechRegion(1.0, 2.0, 50.0)])
    assert np.allclose(made[16_000:32_000].std(), 50 * SAMPLES[16_000:32_000].std(), rtol=0.01)
    assert np.array_equal(made[:16_000], SAMPLES[:16_000])
    assert np.array_equal(made[32_000:], SAMPLES[32_000:])
    assert SAMPLES.std() < 0.002


def test_samples_without_a_gain_are_not_copied() -> None:
    assert amplify(SAMPLES, [SpeechRegion(1.0, 2.0)]) is SAMPLES


def test_window_is_cut_with_its_gains() -> None:
    region = SpeechRegion(1.5, 2.5, 50.0)
    window = Window(start=1.0, end=3.0, regions=(region,))
    made = cut_window(Waveform(SAMPLES[None]), window)
    assert np.array_equal(made, amplify(SAMPLES, [region])[16_000:48_000])


def test_amplified_samples_stay_in_range() -> None:
    loud = np.concatenate([SAMPLES, np.float32([0.5])])
    assert gain_for(loud, -60.0) < 2
    assert np.abs(amplify(SAMPLES, [SpeechRegion(0.0, 4.0, 1e6)])).max() <= 1.0


def test_loud_samples_have_no_gain() -> None:
    assert gain_for(SAMPLES * 100, -20.0) == 1.0

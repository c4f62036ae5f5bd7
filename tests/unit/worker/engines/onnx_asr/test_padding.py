"""Padding of short windows."""

import numpy as np

from tests.support.tone_model import say
from whisperfarm_worker.engines.onnx_asr.padding import MIN_WINDOW_SAMPLES, pad


def test_long_window_stays_as_it_is() -> None:
    samples = say([], 3.0)
    padded, before = pad(samples)
    assert before == 0
    assert np.array_equal(padded, samples)


def test_short_window_is_in_the_middle() -> None:
    samples = say([("one", 0.1)], 0.7)
    padded, before = pad(samples)
    assert (len(padded), padded.dtype) == (MIN_WINDOW_SAMPLES, np.float32)
    assert np.array_equal(padded[before : before + len(samples)], samples)
    assert abs(len(padded) - len(samples) - 2 * before) <= 1


def test_padding_is_as_loud_as_the_quietest_part() -> None:
    padded, before = pad(say([("one", 0.1)], 0.7) / 10)
    assert 5e-5 < padded[:before].std() < 2e-4


def test_padding_of_loud_windows_is_quiet() -> None:
    padded, before = pad(np.full(16_000, 0.5, np.float32))
    assert padded[:before].std() < 2e-3


def test_padding_of_zeros_is_zeros() -> None:
    assert not pad(np.zeros(100, np.float32))[0].any()

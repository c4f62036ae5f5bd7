"""The peaks of decoded audio."""

import numpy as np

from whisperfarm_contract.peaks import FULL_SCALE, MAX_PEAKS
from whisperfarm_worker.pipeline.audio import peaks
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Waveform


def sound(*samples: float) -> Waveform:
    return Waveform(np.array([samples], dtype=np.float32))


def test_parts_are_equal_and_keep_their_place() -> None:
    samples = np.zeros((1, 2 * SAMPLE_RATE_HZ), dtype=np.float32)
    samples[0, SAMPLE_RATE_HZ] = 0.5
    found = peaks.measure(Waveform(samples))
    assert (found.duration_s, len(found.pairs)) == (2.0, MAX_PEAKS)
    assert [number for number, pair in enumerate(found.pairs) if any(pair)] == [MAX_PEAKS // 2]


def test_loudest_channel_counts_and_a_silent_one_does_not() -> None:
    channels = np.array([[0.1, -1.0], [0.5, 0.0], [9.0, 9.0]], dtype=np.float32)
    found = peaks.measure(Waveform(channels, silent=frozenset({2})))
    assert found.pairs == ((0, round(FULL_SCALE / 2)), (-FULL_SCALE, 0))


def test_invalid_and_missing_samples_are_no_error() -> None:
    found = peaks.measure(sound(float("nan"), float("inf"), float("-inf"), 3.0))
    assert found.pairs == ((0, 0), (0, FULL_SCALE), (-FULL_SCALE, 0), (0, FULL_SCALE))
    assert peaks.measure(sound()).pairs == ()

"""Where a channel has sound: what is louder than its background."""

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.levels.sounds import Loudness, other_sounds
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, SpeechRegion, TimeSpan

Sound = NDArray[np.float32]


def _noise(seconds: float, level_db: float) -> Sound:
    samples = np.random.default_rng(0).normal(0, 1, round(seconds * SAMPLE_RATE_HZ))
    return (samples * 10 ** (level_db / 20)).astype(np.float32)


def _sounds(samples: Sound, *speech: tuple[float, float]) -> list[tuple[float, float]]:
    regions = [SpeechRegion(*one) for one in speech]
    found = Loudness.of(samples).sounds_outside(regions)
    return [(round(one.start, 2), round(one.end, 2)) for one in found]


def _burst(level_db: float, *, background_db: float = -120.0) -> Sound:
    """Return ten seconds with noise from second 4 to second 6."""
    samples = _noise(10, background_db)
    samples[4 * SAMPLE_RATE_HZ : 6 * SAMPLE_RATE_HZ] = _noise(2, level_db)
    return samples


@pytest.mark.parametrize("level_db", [-10, -34, -50, -60])
def test_sound_is_found_at_every_level(level_db: float) -> None:
    assert _sounds(_burst(level_db)) == [(4.0, 6.0)]


@pytest.mark.parametrize("background_db", [-70, -60, -50, -45])
def test_steady_noise_is_background(background_db: float) -> None:
    assert _sounds(_noise(10, background_db)) == []
    assert _sounds(_burst(background_db + 15, background_db=background_db)) == [(4.0, 6.0)]


def test_loud_noise_is_sound_although_it_never_pauses() -> None:
    assert _sounds(_noise(10, -30)) == [(0.0, 10.0)]
    assert Loudness.of(_noise(10, -30)).foreground_outside([]) == []


@pytest.mark.parametrize("samples", [np.zeros(160_000, np.float32), _noise(10, -75)])
def test_silence_has_no_sound(samples: Sound) -> None:
    assert _sounds(samples) == []


def test_constant_offset_is_not_sound() -> None:
    assert _sounds(np.full(160_000, 0.3, np.float32)) == []
    assert _sounds(_burst(-50) + np.float32(0.3)) == [(4.0, 6.0)]


def test_background_may_rise_in_the_middle() -> None:
    samples = np.concatenate([_noise(120, -70), _noise(120, -45)])
    found = Loudness.of(samples).sounds_outside([])
    assert all(one.start > 110 and one.end < 160 for one in found)


def test_speech_and_its_edges_are_no_other_sound() -> None:
    assert _sounds(_burst(-20), (4.1, 5.9)) == []
    assert _sounds(_burst(-20), (4.1, 5.0)) == [(5.2, 6.0)]


def test_clicks_are_left_out() -> None:
    samples = np.zeros(160_000, np.float32)
    samples[::16_000] = 0.5
    assert _sounds(samples) == []


def test_recording_shorter_than_a_frame_has_no_sound() -> None:
    assert _sounds(np.ones(100, np.float32)) == []
    assert _sounds(np.zeros(0, np.float32)) == []


def test_sound_beside_speech_of_another_channel_counts_once() -> None:
    one, two = Loudness.of(_burst(-20)), Loudness.of(_burst(-50))
    assert other_sounds([one, two], []) == [TimeSpan(4.0, 6.0)]
    assert other_sounds([one, two], [SpeechRegion(3.9, 6.1)]) == []

"""Speech that is much quieter than the rest is judged by itself, amplified."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.levels.quiet_speech import find_quiet_speech, with_gains
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, SpeechRegion, Window

Sound = NDArray[np.float32]

LOUD = SpeechRegion(0.0, 4.0)


def _recording(*levels_db: float, seconds: float = 2.0) -> Sound:
    """Return 4 s of loud noise, then noise at each level with a second of silence before it."""
    rng = np.random.default_rng(0)
    pause = np.zeros(SAMPLE_RATE_HZ)
    parts = [rng.normal(0, 0.1, 4 * SAMPLE_RATE_HZ)]
    for level_db in levels_db:
        burst = rng.normal(0, 10 ** (level_db / 20), round(seconds * SAMPLE_RATE_HZ))
        parts += [pause, burst]
    return np.concatenate([*parts, pause]).astype(np.float32)


@dataclass
class _Threshold:
    """Takes everything above a level for speech, and records what it gets."""

    calls: list[Sound] = field(default_factory=list)

    def __call__(self, samples: Sound) -> list[SpeechRegion]:
        self.calls.append(samples)
        blocks = samples[: len(samples) // 160 * 160].reshape(-1, 160)
        loud = np.flatnonzero(np.diff(np.pad(blocks.std(axis=1) > 0.03, 1).astype(int)))
        return [SpeechRegion(a / 100, b / 100) for a, b in loud.reshape(-1, 2).tolist()]


def _find(samples: Sound, detect: _Threshold, *found: SpeechRegion) -> list[tuple[float, float]]:
    regions = find_quiet_speech(samples, Loudness.of(samples), found, detect)
    return [(round(one.start, 1), round(one.end, 1)) for one in regions]


@pytest.mark.parametrize("level_db", [-40, -54, -62])
def test_quiet_speech_is_found_with_its_gain(level_db: float) -> None:
    samples = _recording(level_db)
    found = find_quiet_speech(samples, Loudness.of(samples), [LOUD], _Threshold())
    assert [(round(one.start, 1), round(one.end, 1)) for one in found] == [(5.0, 7.0)]
    assert 20 * np.log10(found[0].gain) + level_db == pytest.approx(-23, abs=2)


def test_several_levels_are_judged_in_one_call() -> None:
    detect = _Threshold()
    assert _find(_recording(-45, -60), detect, LOUD) == [(5.0, 7.0), (8.0, 10.0)]
    assert len(detect.calls) == 1


def test_sound_as_loud_as_the_speech_is_not_judged_again() -> None:
    detect = _Threshold()
    assert _find(_recording(-26), detect, LOUD) == []
    assert detect.calls == []


def test_recording_without_speech_is_judged_if_it_is_quiet() -> None:
    assert _find(_recording(-50)[4 * SAMPLE_RATE_HZ :], _Threshold()) == [(1.0, 3.0)]


def test_silence_is_not_judged() -> None:
    detect = _Threshold()
    assert _find(np.zeros(160_000, np.float32), detect) == []
    assert detect.calls == []


def test_short_part_of_a_long_sound_is_not_speech() -> None:
    samples = _recording(-50, seconds=5.0)

    def start(joined: Sound) -> list[SpeechRegion]:
        del joined
        return [SpeechRegion(1.3, 2.9)]

    assert find_quiet_speech(samples, Loudness.of(samples), [LOUD], start) == []
    short = _recording(-50, seconds=2.0)
    assert len(find_quiet_speech(short, Loudness.of(short), [LOUD], start)) == 1


def test_long_quiet_sound_is_judged_in_parts() -> None:
    detect = _Threshold()
    samples = _recording(-50, seconds=700.0)
    seconds = np.arange(len(samples)) / SAMPLE_RATE_HZ
    samples[seconds % 2 < 0.3] = 0.0
    found = find_quiet_speech(samples, Loudness.of(samples), [LOUD], detect)
    assert max(map(len, detect.calls)) < 400 * SAMPLE_RATE_HZ
    assert sum(one.end - one.start for one in found) == pytest.approx(700 * 0.85, rel=0.02)
    assert all(one.end <= after.start for one, after in pairwise(found))


def test_regions_of_neighbouring_sounds_do_not_overlap() -> None:
    samples = np.delete(
        _recording(-45, -50), slice(7 * SAMPLE_RATE_HZ, round(7.55 * SAMPLE_RATE_HZ))
    )

    def all_of_it(joined: Sound) -> list[SpeechRegion]:
        return [SpeechRegion(0.0, len(joined) / SAMPLE_RATE_HZ)]

    one, after = find_quiet_speech(samples, Loudness.of(samples), [LOUD], all_of_it)
    assert one.end == after.start


def test_constant_offset_does_not_hide_quiet_speech() -> None:
    assert _find(_recording(-50) + np.float32(0.4), _Threshold(), LOUD) == [(5.0, 7.0)]


def test_quiet_region_beside_loud_ones_gets_a_gain() -> None:
    samples = _recording(-55)
    regions = (LOUD, SpeechRegion(5.0, 7.0))
    window = Window(start=0.0, end=7.0, regions=regions)
    (made,) = with_gains(samples, Loudness.of(samples), [window])
    assert [round(one.gain) for one in made.regions] == [1, 40]


def test_regions_of_ordinary_level_have_no_gain() -> None:
    samples = _recording(-30)
    window = Window(start=0.0, end=7.0, regions=(LOUD, SpeechRegion(5.0, 7.0)))
    assert with_gains(samples, Loudness.of(samples), [window]) == [window]

"""Quiet tones are not speech, whatever the detector says; speech is kept, also over tones."""

import wave
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.recordings import SUPPORT_CALL
from tests.support.tones import TONES
from whisperfarm_worker.pipeline.levels.quiet_speech import find_quiet_speech, without_quiet_tones
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.levels.tones import without_tones
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, SpeechRegion, TimeSpan, Window, cut

Sound = NDArray[np.float32]

LOUD = SpeechRegion(0.0, 4.0)
SENTENCE = TimeSpan(0.4, 4.6)


@pytest.fixture(scope="module")
def call() -> Sound:
    with wave.open(str(SUPPORT_CALL)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return (samples / 32768).astype(np.float32)


def _scaled(sound: NDArray[np.floating], level_db: float) -> Sound:
    """Return the sound with this RMS level of its loud half, as 16-bit samples."""
    loud = np.abs(sound) >= np.median(np.abs(sound[sound != 0]))
    scaled = sound / np.sqrt(np.mean(sound[loud] ** 2)) * 10 ** (level_db / 20)
    return (np.round(scaled * 32768) / 32768).astype(np.float32)


def _found(*sounds: Sound, noise_db: float = -120.0) -> list[tuple[float, float]]:
    """Return what is found after 4 s of loud speech and a pause, with a detector that takes
    everything for speech."""
    pause = np.zeros(SAMPLE_RATE_HZ, np.float32)
    loud = np.random.default_rng(0).normal(0, 0.1, 4 * SAMPLE_RATE_HZ).astype(np.float32)
    samples = np.concatenate([loud, pause, *sounds, pause])
    noise = np.random.default_rng(1).normal(0, 10 ** (noise_db / 20), len(samples))
    samples += noise.astype(np.float32)
    regions = find_quiet_speech(
        samples,
        Loudness.of(samples),
        [LOUD],
        lambda joined: [SpeechRegion(0.0, len(joined) / SAMPLE_RATE_HZ)],
    )
    return [(region.start, region.end) for region in regions]


def _window(*regions: SpeechRegion) -> Window:
    return Window(start=regions[0].start, end=regions[-1].end, regions=regions)


@pytest.mark.parametrize("level_db", [-40, -55])
@pytest.mark.parametrize("name", TONES)
def test_quiet_tone_is_not_speech(name: str, level_db: float) -> None:
    assert _found(_scaled(TONES[name](), level_db)) == []


@pytest.mark.parametrize("name", ["ring_440_480", "dtmf", "hum_50", "melody"])
def test_tone_in_noise_is_not_speech(name: str) -> None:
    assert _found(_scaled(TONES[name](), -40), noise_db=-60) == []


@pytest.mark.parametrize("level_db", [-40, -55])
def test_all_of_quiet_speech_is_kept(call: Sound, level_db: float) -> None:
    quiet = _scaled(call, level_db)
    sounds = Loudness.of(quiet).foreground_outside([])
    assert len(sounds) >= 7
    for sound in sounds:
        assert list(without_tones(cut(quiet, sound), sound)) == [sound]


@pytest.mark.parametrize("name", TONES)
def test_quiet_speech_over_a_tone_is_kept(call: Sound, name: str) -> None:
    sentence = _scaled(cut(call, SENTENCE), -40)
    tone = _scaled(TONES[name](), -46)
    ((start, end),) = _found(tone[:16_000], tone[: len(sentence)] + sentence, tone[:16_000])
    assert start <= 6.1
    assert end >= 6 + SENTENCE.end - SENTENCE.start - 0.1


@pytest.mark.parametrize("name", ["ring_440_480", "dtmf", "hum_50", "fax_2100"])
def test_quiet_speech_right_after_a_tone_is_found_alone(call: Sound, name: str) -> None:
    sentence = _scaled(cut(call, SENTENCE), -40)
    ((start, end),) = _found(_scaled(TONES[name](), -40)[: 3 * SAMPLE_RATE_HZ], sentence)
    assert 7.0 < start <= 8.0
    assert end >= 8 + SENTENCE.end - SENTENCE.start - 0.1


@pytest.mark.parametrize("level_db", [-40, -55])
def test_quiet_region_is_dropped_if_it_is_a_tone(call: Sound, level_db: float) -> None:
    """The detector took all sounds for speech in its first pass."""
    loud, quiet = cut(call, SENTENCE), _scaled(cut(call, SENTENCE), level_db)
    sounds = [loud, quiet, _scaled(TONES["melody"](), level_db), loud]
    edges = np.cumsum([0, *map(len, sounds)]) / SAMPLE_RATE_HZ
    speech, answer, tone, end = (SpeechRegion(*edge) for edge in pairwise(edges.tolist()))
    windows = [_window(speech, answer, tone), _window(tone), _window(end)]
    samples = np.concatenate(sounds)
    assert without_quiet_tones(samples, Loudness.of(samples), windows) == [
        _window(speech, answer), _window(end)
    ]  # fmt: skip


def test_tone_as_loud_as_the_speech_is_left_to_the_detector(call: Sound) -> None:
    samples = np.concatenate([cut(call, SENTENCE), _scaled(TONES["melody"](), -25)])
    middle = SENTENCE.end - SENTENCE.start
    regions = (SpeechRegion(0.0, middle), SpeechRegion(middle, middle + 6))
    windows = [_window(*regions)]
    assert without_quiet_tones(samples, Loudness.of(samples), windows)[0] is windows[0]

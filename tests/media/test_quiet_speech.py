"""A speaker who is much quieter than the others, and sound that is not speech."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.conftest import GREETING, PROBLEM, Ffmpeg, Sound, Transcribe, Write, silence
from tests.support.tones import TONES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

_SECONDS = np.arange(96_000) / 16_000


def _quieter(sound: Sound, db: float) -> Sound:
    return np.round(sound * 10 ** (-db / 20)).astype(np.int16)


def _joined(*parts: Sound) -> Sound:
    return np.concatenate([part for one in parts for part in (one, silence(0.6))])


@pytest.mark.parametrize("db", [34, 40])
def test_quiet_speaker_is_transcribed_in_the_middle_and_at_the_end(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound, db: float
) -> None:
    quiet = _quieter(problem, db)
    made = transcribe(write("call.wav", np.concatenate([greeting, quiet, greeting, quiet])))
    assert made.text == f"{GREETING} {PROBLEM} {GREETING} {PROBLEM}"
    assert made.coverage.other_sounds == ()


def test_quiet_speaker_is_transcribed_at_the_start(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    made = transcribe(write("call.wav", _joined(_quieter(problem, 40), greeting)))
    assert made.text == f"{PROBLEM} {GREETING}"


def test_quiet_channel_of_a_mix_is_transcribed(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    right = np.concatenate([np.zeros_like(greeting), _quieter(problem, 40)])
    made = transcribe(write("call.wav", np.concatenate([greeting, 0 * problem, greeting]), right))
    assert made.text == f"{GREETING} {PROBLEM} {GREETING}"


def test_quiet_speaker_on_a_telephone_is_transcribed(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    call = write("call.wav", _joined(greeting, _quieter(problem, 34), greeting))
    made = transcribe(ffmpeg("-i", call, "-ar", 8000, "-c:a", "pcm_mulaw", "mulaw.wav"))
    assert made.text == f"{GREETING} {PROBLEM} {GREETING}"


def _noise() -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(0, 1, len(_SECONDS)) * (_SECONDS < 4)


def _breath() -> NDArray[np.float64]:
    noise = np.random.default_rng(0).normal(0, 1, len(_SECONDS))
    smooth = np.convolve(noise, np.ones(6) / 6, "same")
    return smooth * np.exp(-(((_SECONDS % 3 - 1.5) / 0.25) ** 2)) * 3


SOUNDS = {**TONES, "noise": _noise, "breath": _breath}


@pytest.mark.parametrize(
    ("name", "db"),
    [
        *((name, 40) for name in ("ring_440", "dtmf_slow", "hum_50", "melody", "noise", "breath")),
        *((name, 55) for name in ("dtmf_slow", "melody", "noise", "breath")),
    ],
)
def test_quiet_sound_is_not_taken_for_speech(
    write: Write, transcribe: Transcribe, greeting: Sound, name: str, db: float
) -> None:
    sound = (SOUNDS[name]() * 32767 * 10 ** (-db / 20)).astype(np.int16)
    made = transcribe(write("call.wav", _joined(greeting, sound)), diarize=False)
    assert made.text == GREETING
    assert made.coverage.speech_s < len(greeting) / 16_000 + 0.3
    assert made.coverage.other_sound_s > 0


def test_quiet_speaker_after_dialled_digits_is_transcribed(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    digits = (TONES["dtmf"]()[:32_000] * 32767 / 100).astype(np.int16)
    call = np.concatenate([greeting, silence(0.6), digits, silence(0.2), _quieter(problem, 34)])
    made = transcribe(write("call.wav", call), diarize=False)
    assert made.text == f"{GREETING} {PROBLEM}"


@pytest.mark.parametrize("db", [45, 50, 60, 70])
def test_noise_floor_adds_no_speech(
    write: Write, transcribe: Transcribe, greeting: Sound, db: float
) -> None:
    noise = np.random.default_rng(0).normal(0, 1, len(greeting) + 96_000)
    call = np.concatenate([greeting, silence(6)]) + noise * 32767 * 10 ** (-db / 20)
    made = transcribe(write("call.wav", call.astype(np.int16)), diarize=False)
    assert made.text == GREETING
    assert made.coverage.other_sounds == ()

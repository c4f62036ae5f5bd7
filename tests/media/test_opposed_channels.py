"""Channels that cancel each other when they are mixed."""

import numpy as np
import pytest

from tests.media.conftest import GREETING, PROBLEM, Sound, Transcribe, Write, silence

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def _louder(sound: Sound, factor: float) -> Sound:
    return (sound * factor).astype(np.int16)


def _later(sound: Sound, seconds: float) -> Sound:
    return np.concatenate([silence(seconds), sound])


def test_opposed_channels_of_unequal_level_are_transcribed(
    write: Write, transcribe: Transcribe, greeting: Sound
) -> None:
    assert transcribe(write("call.wav", greeting, _louder(greeting, -0.97))).text == GREETING


@pytest.mark.parametrize("delay_s", [0.0005, 0.002, 0.02])
def test_delayed_opposed_channel_is_transcribed(
    write: Write, transcribe: Transcribe, greeting: Sound, delay_s: float
) -> None:
    assert transcribe(write("call.wav", greeting, -_later(greeting, delay_s))).text == GREETING


def test_channels_opposed_in_one_part_are_transcribed(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    pause = silence(0.6)
    left = np.concatenate([greeting, pause, problem])
    right = np.concatenate([greeting, pause, -problem])
    made = transcribe(write("call.wav", left, right))
    assert made.text == f"{GREETING} {PROBLEM}"
    seconds = len(problem) / 16_000
    figure = float(made.warnings[0].split(" in ")[1].split(" s ")[0])
    assert figure == pytest.approx(seconds, abs=1.0)


@pytest.mark.parametrize("channels", [2, 4])
def test_speakers_on_their_own_channels_give_no_warning(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound, channels: int
) -> None:
    sounds = [greeting, _later(problem, 2.0), silence(1.0), silence(1.0)][:channels]
    assert not [one for one in transcribe(write("call.wav", *sounds)).warnings if "cancel" in one]

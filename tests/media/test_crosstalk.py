"""The same speech in several channels, with channels=speakers."""

from pathlib import Path

import numpy as np
import pytest

from tests.media.conftest import (
    GREETING,
    MAN,
    PROBLEM,
    WOMAN,
    Ffmpeg,
    Sound,
    Transcribe,
    Write,
    silence,
)
from training.espeak import Synthesizer
from whisperfarm_contract.transcript import Transcript

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SORRY = "i am sorry about the problem what is your account number please"


@pytest.fixture(scope="session")
def sorry() -> Sound:
    """`SORRY` in the voice of the greeting."""
    return Synthesizer().say(SORRY, MAN).samples


@pytest.fixture(scope="session")
def hello() -> Sound:
    """One word in the voice of the problem."""
    return Synthesizer().say("hello", WOMAN).samples


def _mix(*parts: tuple[Sound, float, float]) -> Sound:
    """Return the sum of sounds, each later by some seconds and quieter by some dB."""
    made = np.zeros(max(len(sound) + round(16_000 * later) for sound, later, _ in parts))
    for sound, later, quieter in parts:
        first = round(16_000 * later)
        made[first : first + len(sound)] += sound * 10 ** (-quieter / 20)
    return made.round().astype(np.int16)


def _said(made: Transcript) -> list[tuple[str | None, str]]:
    """Return speaker and text of each segment, in order of time."""
    return [(segment.speaker, segment.text) for segment in made.segments]


def _copies(made: Transcript) -> list[str]:
    return [warning for warning in made.warnings if "crosstalk=keep" in warning]


CALL = [("SPEAKER_00", GREETING), ("SPEAKER_01", PROBLEM)]


@pytest.mark.parametrize(("level_db", "delay_s"), [(14, 0.04), (26, 0.12), (40, 0.5)])
def test_echo_of_the_agent_is_not_said_by_the_customer(
    *,
    write: Write,
    transcribe: Transcribe,
    greeting: Sound,
    problem: Sound,
    level_db: float,
    delay_s: float,
) -> None:
    customer = _mix((greeting, delay_s, level_db), (problem, 5.2, 0))
    made = transcribe(write("call.wav", greeting, customer), channels="speakers")
    assert _said(made) == CALL
    assert f"{level_db} dB quieter, {delay_s * 1000:.0f} ms later" in _copies(made)[0]
    assert made.coverage.gaps == ()
    assert made.coverage.transcribed_s == made.coverage.speech_s


CODECS = {
    "telephone.wav": ["-ar", 8000, "-c:a", "pcm_mulaw"],
    "call.mp3": ["-b:a", "48k"],
    "call.opus": ["-c:a", "libopus", "-b:a", "48k"],
}


@pytest.mark.parametrize("name", CODECS)
def test_echo_in_a_coded_file_is_removed(
    *,
    write: Write,
    ffmpeg: Ffmpeg,
    transcribe: Transcribe,
    greeting: Sound,
    problem: Sound,
    name: str,
) -> None:
    customer = _mix((greeting, 0.12, 20), (problem, 5.2, 0))
    coded = ffmpeg("-i", write("source.wav", greeting, customer), *CODECS[name], name)
    assert _said(transcribe(coded, channels="speakers")) == CALL


@pytest.mark.parametrize("factor", [1, -1])
def test_same_sound_in_both_channels_is_one_speaker(
    write: Write, transcribe: Transcribe, greeting: Sound, factor: int
) -> None:
    made = transcribe(write("call.wav", greeting, factor * greeting), channels="speakers")
    assert _said(made) == [("SPEAKER_00", GREETING)]
    assert {turn.speaker for turn in made.turns} == {"SPEAKER_00"}
    assert "channel 1 (SPEAKER_01) has the speech of channel 0 (as loud)" in _copies(made)[0]


@pytest.mark.parametrize(("channels", "level_db"), [(2, 14), (3, 20), (4, 14), (8, 14)])
def test_each_sentence_is_given_to_its_microphone(
    *,
    write: Write,
    transcribe: Transcribe,
    greeting: Sound,
    problem: Sound,
    sorry: Sound,
    channels: int,
    level_db: float,
) -> None:
    spoken = list(zip([greeting, problem, sorry], [0.0, 5.0, 9.5], strict=True))[:channels]
    last = channels - 1
    places = [0, last, last // 2]
    sounds = [
        _mix(*(
            (sound, at + 0.002 * abs(place - channel), 0 if place == channel else level_db)
            for (sound, at), place in zip(spoken, places, strict=False)
        ))
        for channel in range(channels)
    ]  # fmt: skip
    made = transcribe(write("court.wav", *sounds), channels="speakers")
    texts = [GREETING, PROBLEM, SORRY][:channels]
    assert _said(made) == [
        (f"SPEAKER_{place:02}", text) for place, text in zip(places, texts, strict=False)
    ]


def test_words_within_an_echo_are_kept(
    write: Write, transcribe: Transcribe, greeting: Sound, hello: Sound
) -> None:
    customer = _mix((greeting, 0.12, 26), (hello, 1.8, 0))
    made = transcribe(write("call.wav", greeting, customer), channels="speakers")
    texts = dict(_said(made))
    assert texts["SPEAKER_00"] == GREETING
    # Some tenths of a second of the echo remain on both sides of the word.
    assert "hello" in texts["SPEAKER_01"].split()
    assert len(texts["SPEAKER_01"].split()) <= 3
    assert len(_copies(made)) == 1


def _independent(write: Write, greeting: Sound, problem: Sound) -> Path:
    return write("call.wav", greeting, _mix((problem, 0.4, 0)))


def test_people_who_speak_at_once_are_as_without_the_comparison(
    write: Write, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    file = _independent(write, greeting, problem)
    made = transcribe(file, channels="speakers")
    kept = transcribe(file, channels="speakers", crosstalk="keep")
    assert made.segments == kept.segments
    assert made.coverage == kept.coverage
    assert _copies(made) == []


def test_keep_gives_the_sentence_to_both_channels(
    write: Write, transcribe: Transcribe, greeting: Sound
) -> None:
    file = write("call.wav", greeting, _mix((greeting, 0.12, 14)), silence(1.0))
    made = transcribe(file, channels="speakers", crosstalk="keep")
    assert [speaker for speaker, _ in _said(made)] == ["SPEAKER_00", "SPEAKER_01"]
    assert _copies(made) == []

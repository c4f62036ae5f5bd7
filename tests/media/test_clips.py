"""Clips of a recording: only they are transcribed, and times stay on the recording's clock."""

import numpy as np
import pytest

from tests.media.conftest import GREETING, PROBLEM, Sound, Transcribe, Write, silence
from whisperfarm_contract.problems import InvalidOption

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture
def recording(greeting: Sound, problem: Sound) -> Sound:
    """The greeting at 0, the problem at 10 and the greeting at 20 s, 25 s long."""
    made = silence(25.0)
    for start, sound in ((0, greeting), (10, problem), (20, greeting)):
        made[start * 16_000 : start * 16_000 + len(sound)] = sound
    return made


def test_only_the_clip_is_transcribed_with_the_times_of_the_recording(
    recording: Sound, write: Write, transcribe: Transcribe
) -> None:
    file = write("call.wav", recording)
    made = transcribe(file, clip_timestamps="9,15")
    assert made.text == PROBLEM
    whole = transcribe(file)
    starts = [word.start for word in whole.words() if 9 <= word.start < 15]
    assert [word.start for word in made.words()] == pytest.approx(starts, abs=0.1)
    assert (made.coverage.audio_s, made.provenance["clips"]) == (25.0, [[9, 15]])
    assert made.coverage.speech_s < 5
    assert made.warnings == (
        "clip_timestamps: 6.0 of 25.0 s were transcribed; 19.0 s were left out",
    )


def test_last_clip_without_an_end_ends_with_the_recording(
    recording: Sound, write: Write, transcribe: Transcribe
) -> None:
    made = transcribe(write("call.wav", recording), clip_timestamps="0,6,18")
    assert made.text == f"{GREETING} {GREETING}"
    assert list(made.words())[-1].start > 20
    assert all(not 6 <= turn.start < 18 for turn in made.turns)


def test_clip_of_the_whole_recording_changes_nothing(
    recording: Sound, write: Write, transcribe: Transcribe
) -> None:
    file = write("call.wav", recording)
    made, whole = transcribe(file, clip_timestamps="0"), transcribe(file)
    assert (made.segments, made.coverage) == (whole.segments, whole.coverage)
    assert made.warnings == whole.warnings


def test_clips_of_each_channel_are_transcribed(
    recording: Sound, greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    late = np.concatenate([silence(10.0), greeting])
    made = transcribe(
        write("call.wav", recording, late), channels="speakers", clip_timestamps="9,15"
    )
    assert {segment.channel: segment.text for segment in made.segments} == {0: PROBLEM, 1: GREETING}


def test_clips_without_speech_give_an_empty_transcript(
    recording: Sound, write: Write, transcribe: Transcribe
) -> None:
    made = transcribe(write("call.wav", recording), clip_timestamps="6,6.001,7,9")
    assert made.text == ""
    assert "no speech was found in the audio" in made.warnings


def test_clips_after_the_end_are_rejected(
    recording: Sound, write: Write, transcribe: Transcribe
) -> None:
    with pytest.raises(InvalidOption, match=r"clip_timestamps: .* 25\.0 s"):
        transcribe(write("call.wav", recording), clip_timestamps="25,30")

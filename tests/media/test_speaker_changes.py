"""Words belong to the person who spoke them, although the diarizer is late across a pause."""

from itertools import groupby

import numpy as np
import pytest

from tests.media.conftest import GREETING, MAN, PROBLEM, WOMAN, Transcribe, Write, silence
from training.espeak import Synthesizer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

QUESTION = "i am sorry about the problem what is your account number please"
ANSWER = "my account number is four two seven"


IN_TURNS = [(MAN, GREETING), (WOMAN, PROBLEM), (MAN, QUESTION), (WOMAN, ANSWER)]
LONG_FIRST_TURN = [(MAN, GREETING), (MAN, QUESTION), *IN_TURNS]


@pytest.mark.parametrize(
    ("talk", "pause_s"),
    [(IN_TURNS, 0.4), (IN_TURNS, 0.96), (LONG_FIRST_TURN, 0.6), (LONG_FIRST_TURN, 2.0)],
)
def test_changes_of_speaker_are_at_the_pauses(
    write: Write, transcribe: Transcribe, talk: list[tuple[object, str]], pause_s: float
) -> None:
    synthesizer = Synthesizer()
    spoken = [synthesizer.say(text, who).samples for who, text in talk]  # type: ignore[arg-type]
    parts = [part for one in spoken for part in (one, silence(pause_s))]
    made = transcribe(write("call.wav", np.concatenate(parts)), diarize=True, num_speakers=2)
    said = [
        " ".join(word.text for word in run)
        for _, run in groupby(made.words(), key=lambda word: word.speaker)
    ]
    expected = [
        " ".join(text for _, text in run) for _, run in groupby(talk, key=lambda one: one[0])
    ]
    assert said == expected

"""Hotwords may help; they never cost words."""

import pytest

from tests.media.conftest import GREETING, Sound, Transcribe, Write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.mark.parametrize("options", [{"hotwords": "Schufa"}, {"initial_prompt": "Herr Meyer."}])
def test_words_that_the_model_does_not_know_leave_the_text(
    options: dict[str, str], greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    text = transcribe(write("call.wav", greeting), **options).text
    assert len(text.split()) > len(GREETING.split()) / 2

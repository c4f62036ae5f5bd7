"""A syllable that repeats for seconds puts the speech model into a loop."""

import numpy as np
import pytest

from tests.media.conftest import GREETING, Sound, Transcribe, Write, silence
from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.engines.whisper.repetition import compression_ratio

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

WITHOUT_TESTS = {
    "temperature_increment_on_fallback": 0.0,
    "compression_ratio_threshold": 100.0,
    "logprob_threshold": -100.0,
}
"""Each window keeps its first text."""

THRESHOLD = 2.4
"""Whisper's highest compression ratio of a text without a loop."""

STUCK_S = 7.0


def stuck(sound: Sound, syllable_ms: int) -> Sound:
    """Repeat the loudest syllable of a sentence."""
    length = 16 * syllable_ms
    energy = np.convolve(sound.astype(float) ** 2, np.ones(length), "valid")
    loudest = int(np.argmax(energy))
    return np.resize(sound[loudest : loudest + length], round(16_000 * STUCK_S))


def between(made: Transcript, start_s: float, end_s: float) -> str:
    return " ".join(word.text for word in made.words() if start_s <= word.start < end_s)


@pytest.mark.parametrize("syllable_ms", [130, 150, 250])
def test_loop_is_decoded_again_and_the_words_around_it_stay(
    syllable_ms: int, greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    loop_at = len(greeting) / 16_000 + 2
    again_at = loop_at + STUCK_S + 2
    syllable = stuck(greeting, syllable_ms)
    recording = [greeting, silence(2), syllable, silence(2), greeting, silence(0.3)]
    file = write("call.wav", np.concatenate(recording))
    before, made = transcribe(file, **WITHOUT_TESTS), transcribe(file)
    loop = (loop_at - 1, again_at - 1)
    assert compression_ratio(between(before, *loop)) > THRESHOLD
    assert compression_ratio(between(made, *loop)) <= THRESHOLD
    for one in (before, made):
        assert between(one, 0, loop_at - 1) == GREETING
        assert between(one, again_at - 1, 100) == GREETING

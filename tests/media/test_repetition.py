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


def test_loops_are_decoded_again_and_the_words_around_them_stay(
    greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    loop_at = len(greeting) / 16_000 + 2
    again_at = loop_at + STUCK_S + 2
    loops_before, loops = [], []
    for syllable_ms in (130, 150, 250):
        syllable = stuck(greeting, syllable_ms)
        recording = [greeting, silence(2), syllable, silence(2), greeting, silence(0.3)]
        file = write("call.wav", np.concatenate(recording))
        before, made = transcribe(file, **WITHOUT_TESTS), transcribe(file)
        loops_before.append(compression_ratio(between(before, loop_at - 1, again_at - 1)))
        loops.append(compression_ratio(between(made, loop_at - 1, again_at - 1)))
        for one in (before, made):
            assert between(one, 0, loop_at - 1) == GREETING
            assert between(one, again_at - 1, 100) == GREETING
    # Which of them is a loop depends on the processor: sums in another order decide between two
    # tokens that are equally unlikely.
    assert max(loops_before) > THRESHOLD
    assert max(loops) < max(loops_before)

from itertools import pairwise

import pytest

pytest.importorskip("espeakng_loader")

from training.espeak import SAMPLE_RATE_HZ, Synthesizer
from training.voices import ALL, Speaker


@pytest.fixture(scope="module")
def synthesizer():
    return Synthesizer()


def test_words_have_rising_times_within_the_audio(synthesizer):
    text = "please hold the line for a moment"
    utterance = synthesizer.say(text, Speaker("en-us+m3", 150, 50))
    words = utterance.words
    assert [word.text for word in words] == text.split()
    assert words[0].start_s == 0
    assert all(word.start_s < word.end_s for word in words)
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(words))
    assert words[-1].end_s == pytest.approx(len(utterance.samples) / SAMPLE_RATE_HZ, abs=0.01)


def test_words_spoken_as_one_share_its_time(synthesizer):
    utterance = synthesizer.say("on the street", Speaker("en-gb", 150, 50))
    on, the, street = utterance.words
    assert on.end_s == pytest.approx(the.start_s)
    assert the.end_s == pytest.approx(street.start_s)


def test_every_listed_voice_exists(synthesizer):
    for voice in ALL:
        synthesizer.say("hello", Speaker(voice, 150, 50))


def test_say_names_an_unknown_voice(synthesizer):
    with pytest.raises(ValueError, match="no voice unknown"):
        synthesizer.say("hello", Speaker("unknown", 150, 50))

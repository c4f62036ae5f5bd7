import pytest

pytest.importorskip("transformers")

from training.aligner import BLANK, SYMBOLS, letter_labels
from training.espeak import SpokenWord


def spelled(labels):
    return {frame: SYMBOLS[label] for frame, label in enumerate(labels) if label != BLANK}


def test_word_starts_at_its_first_letter_and_ends_at_the_gap():
    labels = letter_labels((SpokenWord("yes", 0.2, 0.4),), frames=50)
    assert spelled(labels) == {10: "y", 14: "e", 18: "s", 19: "|"}


def test_adjacent_words_keep_all_their_letters():
    words = (SpokenWord("no", 0.0, 0.2), SpokenWord("i", 0.2, 0.3))
    assert "".join(spelled(letter_labels(words, frames=30)).values()) == "no|i|"


def test_words_after_the_window_are_left_out():
    assert spelled(letter_labels((SpokenWord("six", 0.9, 1.5),), frames=46)) == {45: "s"}

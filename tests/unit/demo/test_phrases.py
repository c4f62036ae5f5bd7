import random

from training import phrases, voices
from training.vocabulary import LETTERS, WORDS


def test_every_phrase_is_made_of_the_vocabulary():
    rng = random.Random(1)
    for split in ("train", "held_out"):
        for _ in range(500):
            assert set(phrases.draw_sentence(rng, split).split()) <= set(WORDS)
            assert set(phrases.draw_phrase(rng, split).split()) <= set(WORDS)


def test_every_word_is_spelled_with_letters_the_aligner_knows():
    assert set("".join(WORDS)) <= set(LETTERS)


def test_held_out_sentences_are_not_among_the_training_ones():
    rng = random.Random(2)
    trained = {phrases.draw_sentence(rng, "train") for _ in range(3_000)}
    held_out = {phrases.draw_sentence(rng, "held_out") for _ in range(300)}
    assert not trained & held_out


def test_held_out_voices_are_not_trained_on():
    assert set(voices.ALL) >= voices.HELD_OUT
    assert not set(voices.TRAIN) & voices.HELD_OUT

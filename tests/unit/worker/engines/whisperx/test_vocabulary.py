"""Words as characters of an aligner's vocabulary."""

import numpy as np

from whisperfarm_worker.engines.whisperx.vocabulary import Vocabulary

COLUMNS = {"<pad>": 0, "|": 1, "a": 2, "b": 3}


def test_encode_puts_spaces_between_words() -> None:
    spelling = Vocabulary(COLUMNS, spaced=True).encode(["ab", "a"])
    assert spelling.tokens == [2, 3, 1, 2]
    assert spelling.word_indexes == [0, 0, -1, 1]


def test_encode_ignores_case() -> None:
    assert Vocabulary(COLUMNS, spaced=True).encode(["Ab"]).tokens == [2, 3]


def test_encode_without_spaces_for_unspaced_languages() -> None:
    assert Vocabulary(COLUMNS, spaced=False).encode(["a", "b"]).tokens == [2, 3]


def test_unknown_characters_have_their_own_column() -> None:
    spelling = Vocabulary(COLUMNS, spaced=True).encode(["a1", "42"])
    assert spelling.tokens == [2, 4, 1, 4, 4]
    assert spelling.is_known == [True, False]


def test_unknown_column_is_the_best_known_character() -> None:
    probabilities = np.log(np.array([[0.9, 0.02, 0.05, 0.03]], dtype=np.float32))
    columns = Vocabulary(COLUMNS, spaced=True).log_probabilities(probabilities, [4, 3])
    assert np.allclose(np.exp(columns), [[0.05, 0.03]])


def test_blank_is_found_by_another_name() -> None:
    assert Vocabulary({"a": 0, "[pad]": 7}, spaced=True).blank == 7


def test_blank_defaults_to_the_first_column() -> None:
    assert Vocabulary({"a": 3, "-": 0}, spaced=True).blank == 0

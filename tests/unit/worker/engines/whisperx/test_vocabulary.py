"""Words as the characters that an aligner knows."""

import numpy as np

from whisperfarm_worker.engines.whisperx.vocabulary import Characters

COLUMNS = {"<pad>": 0, "|": 1, "a": 2, "b": 3}


def test_words_are_spelled_with_spaces_between_them() -> None:
    spelling = Characters(COLUMNS, spaced=True).spell(["ab", "a"])
    assert spelling.tokens == [2, 3, 1, 2]
    assert spelling.owners == [0, 0, -1, 1]


def test_case_does_not_matter() -> None:
    assert Characters(COLUMNS, spaced=True).spell(["Ab"]).tokens == [2, 3]


def test_languages_without_spaces_have_none_between_characters() -> None:
    assert Characters(COLUMNS, spaced=False).spell(["a", "b"]).tokens == [2, 3]


def test_what_is_not_known_stands_in_a_column_of_its_own() -> None:
    spelling = Characters(COLUMNS, spaced=True).spell(["a1", "42"])
    assert spelling.tokens == [2, 4, 1, 4, 4]
    assert spelling.known == [True, False]


def test_the_unknown_is_as_likely_as_the_likeliest_character_and_never_the_blank() -> None:
    probabilities = np.log(np.array([[0.9, 0.02, 0.05, 0.03]], dtype=np.float32))
    columns = Characters(COLUMNS, spaced=True).columns_of(probabilities, [4, 3])
    assert np.allclose(np.exp(columns), [[0.05, 0.03]])


def test_a_blank_by_another_name_is_found() -> None:
    assert Characters({"a": 0, "[pad]": 7}, spaced=True).blank == 7


def test_without_a_name_the_blank_is_the_first_column() -> None:
    assert Characters({"a": 3, "-": 0}, spaced=True).blank == 0

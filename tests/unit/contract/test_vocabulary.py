"""Vocabularies: the words in their text, and the hotwords of a job."""

import pytest

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.vocabulary import join_hotwords, read_words


def test_words_are_the_lines_without_blank_and_repeated_ones() -> None:
    assert read_words("Aurora 5\r\n\n  fibre to the home \nAurora 5") == (
        "Aurora 5",
        "fibre to the home",
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("one\ntw\x1bo", "line 2 of the vocabulary: the text has line breaks"),
        ("a" * 2001, "line 1 of the vocabulary: the text has 2001 characters"),
        ("\n".join(f"{number:0200}" for number in range(10)), "2018 characters"),
    ],
)
def test_text_that_is_no_vocabulary_is_refused(text: str, detail: str) -> None:
    with pytest.raises(InvalidOption, match=detail):
        read_words(text)


def test_own_hotwords_precede_those_of_the_vocabulary() -> None:
    assert join_hotwords("Meyer", ("Aurora 5", "line")) == "Meyer, Aurora 5, line"
    assert join_hotwords(None, ("Aurora 5",)) == "Aurora 5"


def test_hotwords_that_are_too_long_with_the_vocabulary_are_refused() -> None:
    with pytest.raises(InvalidOption, match="2002 characters"):
        join_hotwords("a" * 1000, ("b" * 200,) * 4 + ("c" * 192,))

"""Repetition loops."""

import pytest

from whisperfarm_worker.engines.whisper.repetition import compression_ratio, cut_loops


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("what is your account number", "what is your account number"),
        ("no no", "no no"),
        ("no no no no", "no"),
        ("well thank you thank you thank you bye", "well thank you bye"),
        ("a b c " * 9 + "d", "a b c d"),
        ("x " * 5 + "y " * 4, "x y"),
    ],
)
def test_cut_loops_keeps_a_repeated_phrase_once(text: str, expected: str) -> None:
    assert cut_loops(text) == expected


def test_cut_loops_keeps_a_phrase_of_thirty_words_once() -> None:
    phrase = " ".join(f"word{number}" for number in range(30))
    assert cut_loops(" ".join([phrase] * 4)) == phrase


def test_compression_ratio_is_above_whispers_threshold_for_a_loop_only() -> None:
    assert compression_ratio("thank you " * 30) > 2.4
    assert compression_ratio("hello i am calling about a problem with my internet line") < 2.4

"""Words and their times from the tokens of a transducer."""

import pytest

from whisperfarm_worker.engines.onnx_asr.words import join_tokens, time_words


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ([], ""),
        ([" Hel", "lo", ",", " world", "."], "Hello, world."),
        ([" hello", " ,", " ", "5", "0", " %"], "hello, 50%"),
        ([" hola", " ¿", "qué", " tal", "?"], "hola ¿qué tal?"),
        (["ing", " it"], "ing it"),
        ([" ", " "], ""),
        ([" é", "t", "é"], "été"),
    ],
)
def test_space_starts_a_word(tokens: list[str], text: str) -> None:
    assert join_tokens(tokens) == text
    starts = [0.08 * number for number in range(len(tokens))]
    words = time_words(tokens, starts, [-0.1] * len(tokens), offset_s=0, seconds=9)
    assert " ".join(word.text for word in words) == text


def _times(
    tokens: list[str], starts: list[float], *, offset_s: float = 0.0, seconds: float = 9.0
) -> list[tuple[float, float]]:
    words = time_words(tokens, starts, [0.0] * len(tokens), offset_s=offset_s, seconds=seconds)
    return [(word.start, word.end) for word in words]


def test_word_ends_where_the_next_token_starts() -> None:
    assert _times([" a", "b", " c"], [1.0, 1.2, 1.5]) == [(1.0, 1.5), (1.5, 1.9)]


def test_word_before_a_pause_ends_soon() -> None:
    assert _times([" a", " b"], [1.0, 5.0]) == [(1.0, 1.4), (5.0, 5.4)]


def test_mark_after_a_pause_does_not_lengthen_its_word() -> None:
    assert _times([" a", ".", " b"], [1.0, 3.0, 4.0])[0] == (1.0, 1.4)


def test_last_word_ends_with_the_window() -> None:
    assert _times([" a"], [1.0], seconds=1.2) == [(1.0, 1.2)]


def test_times_in_the_padding_are_moved_into_the_window() -> None:
    times = _times([" a", " b", " c"], [0.5, 1.0, 2.5], offset_s=0.8, seconds=1.0)
    assert times == [(0.0, 0.2), (0.2, 0.6), (1.0, 1.0)]


def test_score_is_the_mean_probability_of_the_tokens() -> None:
    (word,) = time_words([" a", "b"], [0.0, 0.1], [-0.5, -1.5], offset_s=0, seconds=1)
    assert word.score == 0.368

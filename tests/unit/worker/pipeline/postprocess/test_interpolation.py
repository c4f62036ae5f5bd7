"""Times for words that no model has timed."""

import pytest

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.postprocess.interpolation import fill, spread
from whisperfarm_worker.pipeline.state import Stretch


def _times(words: list[Word]) -> list[tuple[float, float]]:
    return [(pytest.approx(word.start), pytest.approx(word.end)) for word in words]


def test_longer_words_get_more_time() -> None:
    assert _times(spread(["a", "bcd"], [Stretch(1.0, 3.0)])) == [(1.0, 1.5), (1.5, 3.0)]


def test_words_are_spread_over_the_speech_and_not_over_the_silence_in_it() -> None:
    words = spread(["ab", "cd"], [Stretch(0.0, 1.0), Stretch(5.0, 6.0)])
    assert _times(words) == [(0.0, 1.0), (5.0, 6.0)]


def test_spread_words_are_marked_and_have_no_score() -> None:
    (word,) = spread(["a"], [Stretch(0.0, 1.0)])
    assert (word.interpolated, word.score) == (True, None)


def test_no_words_need_no_time() -> None:
    assert spread([], [Stretch(0.0, 1.0)]) == []


def test_words_between_timed_ones_share_what_is_left_between_them() -> None:
    timed = [Word(text="a", start=0.0, end=1.0, score=1.0), None, None,
             Word(text="d", start=3.0, end=4.0, score=1.0)]  # fmt: skip
    words = fill(["a", "b", "c", "d"], timed, [Stretch(0.0, 4.0)])
    assert _times(words) == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    assert [word.interpolated for word in words] == [False, True, True, False]


def test_words_at_the_ends_reach_to_the_ends_of_the_speech() -> None:
    timed = [None, Word(text="b", start=2.0, end=3.0, score=1.0), None]
    words = fill(["a", "b", "c"], timed, [Stretch(1.0, 5.0)])
    assert _times(words) == [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]


def test_a_word_for_which_no_time_is_left_has_none() -> None:
    timed = [Word(text="a", start=0.0, end=2.0, score=1.0), None,
             Word(text="c", start=2.0, end=3.0, score=1.0)]  # fmt: skip
    word = fill(["a", "b", "c"], timed, [Stretch(0.0, 3.0)])[1]
    assert (word.start, word.end) == (2.0, 2.0)


def test_when_nothing_is_timed_all_words_are_spread() -> None:
    words = fill(["a", "b"], [None, None], [Stretch(0.0, 2.0)])
    assert _times(words) == [(0.0, 1.0), (1.0, 2.0)]

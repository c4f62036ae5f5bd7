"""Times for words that the aligner could not time."""

import pytest

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.postprocess.interpolation import fill, spread
from whisperfarm_worker.pipeline.state import SpeechRegion


def _times(words: list[Word]) -> list[tuple[float, float]]:
    return [(pytest.approx(word.start), pytest.approx(word.end)) for word in words]


def test_longer_words_get_more_time() -> None:
    assert _times(spread(["a", "bcd"], [SpeechRegion(1.0, 3.0)])) == [(1.0, 1.5), (1.5, 3.0)]


def test_words_are_spread_over_speech_only() -> None:
    words = spread(["ab", "cd"], [SpeechRegion(0.0, 1.0), SpeechRegion(5.0, 6.0)])
    assert _times(words) == [(0.0, 1.0), (5.0, 6.0)]


def test_spread_words_are_interpolated_without_score() -> None:
    (word,) = spread(["a"], [SpeechRegion(0.0, 1.0)])
    assert (word.interpolated, word.score) == (True, None)


def test_spread_of_no_words_is_empty() -> None:
    assert spread([], [SpeechRegion(0.0, 1.0)]) == []


def test_fill_spreads_words_between_timed_ones() -> None:
    timed = [Word(text="a", start=0.0, end=1.0, score=1.0), None, None,
             Word(text="d", start=3.0, end=4.0, score=1.0)]  # fmt: skip
    words = fill(["a", "b", "c", "d"], timed, [SpeechRegion(0.0, 4.0)])
    assert _times(words) == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    assert [word.interpolated for word in words] == [False, True, True, False]


def test_fill_reaches_the_ends_of_the_speech() -> None:
    timed = [None, Word(text="b", start=2.0, end=3.0, score=1.0), None]
    words = fill(["a", "b", "c"], timed, [SpeechRegion(1.0, 5.0)])
    assert _times(words) == [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]


def test_word_without_remaining_time_has_zero_length() -> None:
    timed = [Word(text="a", start=0.0, end=2.0, score=1.0), None,
             Word(text="c", start=2.0, end=3.0, score=1.0)]  # fmt: skip
    word = fill(["a", "b", "c"], timed, [SpeechRegion(0.0, 3.0)])[1]
    assert (word.start, word.end) == (2.0, 2.0)


def test_fill_without_times_spreads_all_words() -> None:
    words = fill(["a", "b"], [None, None], [SpeechRegion(0.0, 2.0)])
    assert _times(words) == [(0.0, 1.0), (1.0, 2.0)]

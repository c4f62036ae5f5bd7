"""Word times that hold what is promised."""

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.postprocess.sorting import in_order

_TIME = st.floats(-5, 20, allow_nan=False)


@given(st.lists(st.tuples(_TIME, _TIME)))
def test_words_are_in_order_inside_the_audio_and_start_before_they_end(
    times: list[tuple[float, float]],
) -> None:
    words = in_order([Word(text="a", start=a, end=b) for a, b in times], start=1.0, end=9.0)
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    assert all(1.0 <= word.start <= word.end <= 9.0 for word in words)


def test_times_that_are_right_stay_to_the_millisecond() -> None:
    (word,) = in_order([Word(text="a", start=1.2344, end=1.5)], start=0.0, end=2.0)
    assert (word.start, word.end) == (1.234, 1.5)

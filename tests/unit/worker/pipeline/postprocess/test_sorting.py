"""Word times are in order and within their bounds."""

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.postprocess.sorting import clamp_times

_TIME = st.floats(-5, 20, allow_nan=False)


@given(st.lists(st.tuples(_TIME, _TIME)))
def test_clamp_times_orders_words_within_the_audio(
    times: list[tuple[float, float]],
) -> None:
    words = clamp_times([Word(text="a", start=a, end=b) for a, b in times], start=1.0, end=9.0)
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    assert all(1.0 <= word.start <= word.end <= 9.0 for word in words)


def test_clamp_times_keeps_valid_times() -> None:
    (word,) = clamp_times([Word(text="a", start=1.2344, end=1.5)], start=0.0, end=2.0)
    assert (word.start, word.end) == (1.234, 1.5)

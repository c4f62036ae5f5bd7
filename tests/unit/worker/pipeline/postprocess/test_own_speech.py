"""Where a speaker speaks alone."""

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.pipeline.postprocess.own_speech import own_speech, seconds


def _turn(start: float, end: float, speaker: str = "a") -> Turn:
    return Turn(start=start, end=end, speaker=speaker)


def _spans(*turns: Turn) -> list[tuple[float, float]]:
    return [(one.start, one.end) for one in own_speech(turns, "a")]


def test_speech_of_others_is_left_out() -> None:
    assert _spans(_turn(0, 10), _turn(2, 3, "b"), _turn(8, 12, "c")) == [(3, 8), (0, 2)]
    assert _spans(_turn(2, 3), _turn(0, 10, "b")) == []
    assert _spans(_turn(0, 5, "b")) == []


def test_parts_that_are_too_short_are_left_out() -> None:
    assert _spans(_turn(0, 0.4), _turn(2, 3)) == [(2, 3)]


def test_longest_parts_make_a_minute() -> None:
    turns = [_turn(100 * number, 100 * number + 25) for number in range(4)]
    assert seconds(own_speech(turns, "a")) == 60

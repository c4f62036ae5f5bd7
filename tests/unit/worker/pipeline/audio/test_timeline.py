"""Frames on the time line."""

import pytest

from whisperfarm_worker.pipeline.audio.timeline import Piece, Timeline
from whisperfarm_worker.pipeline.state import TimeSpan

S = 16_000


def _pieces(timeline: Timeline) -> list[Piece]:
    return timeline.take(1000 * S)


def test_frames_without_holes_are_one_piece() -> None:
    timeline = Timeline()
    for second in range(3):
        timeline.add(second * S, S)
    assert _pieces(timeline) == [Piece(0, 3 * S)]
    assert timeline.holes == []


def test_first_frame_that_is_late_follows_silence_but_no_hole() -> None:
    timeline = Timeline()
    timeline.add(5 * S, S)
    assert _pieces(timeline) == [Piece(5 * S, S)]
    assert timeline.holes == []


def test_jump_ahead_is_a_hole() -> None:
    timeline = Timeline()
    timeline.add(0, S)
    timeline.add(3 * S, S)
    assert _pieces(timeline) == [Piece(0, S), Piece(2 * S, S)]
    assert timeline.holes == [TimeSpan(1.0, 3.0)]


def test_small_losses_add_up_to_a_hole() -> None:
    timeline, lost = Timeline(), S // 25
    for number in range(4):
        timeline.add(number * (S + lost), S)
    assert [hole.end - hole.start for hole in timeline.holes] == [pytest.approx(0.12)]


@pytest.mark.parametrize("jump", [-10, 3601])
def test_clock_that_is_set_leaves_no_hole(jump: int) -> None:
    timeline = Timeline()
    timeline.add(20 * S, S)
    timeline.add((21 + jump) * S, S)
    timeline.add((22 + jump) * S, S)
    assert _pieces(timeline) == [Piece(20 * S, 3 * S)]
    assert timeline.holes == []


def test_offset_moves_the_clock() -> None:
    timeline = Timeline(offset=-1000 * S)
    timeline.add(1000 * S, S)
    assert _pieces(timeline) == [Piece(0, S)]


def test_frames_without_time_stamps_follow_each_other() -> None:
    timeline = Timeline()
    timeline.add(None, S)
    timeline.add(None, S)
    assert _pieces(timeline) == [Piece(0, 2 * S)]


def test_take_returns_at_most_the_frames_asked_for() -> None:
    timeline = Timeline()
    timeline.add(2 * S, S)
    assert timeline.take(S // 4) == [Piece(2 * S, S // 4)]
    assert timeline.take(S) == [Piece(0, S - S // 4)]
    assert timeline.take(S) == []

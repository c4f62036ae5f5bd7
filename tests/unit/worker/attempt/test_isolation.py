"""A suspect is alone at work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.support.waiting import until
from whisperfarm_worker.attempt.isolation import Room

WITHIN_S = 60.0


def _waiting(room: Room, enter: Callable[[], bool], pool: ThreadPoolExecutor) -> "Future[bool]":
    """Somebody at the door, who has been seen to wait."""
    before = room.waiting
    coming = pool.submit(enter)
    until(lambda: room.waiting > before, "somebody to wait", within_s=WITHIN_S)
    return coming


def _alone(room: Room) -> bool:
    return room.enter_alone(within_s=WITHIN_S)


def test_any_number_is_there_at_once() -> None:
    room = Room()
    assert [room.enter() for _ in range(9)] == [True] * 9


def test_a_suspect_waits_for_the_last_to_leave_and_nobody_comes_in_meanwhile() -> None:
    room = Room()
    room.enter()
    with ThreadPoolExecutor(2) as pool:
        suspect = _waiting(room, lambda: _alone(room), pool)
        other = _waiting(room, room.enter, pool)
        room.leave()
        assert suspect.result(WITHIN_S)
        assert not other.done()
        room.leave()
        assert other.result(WITHIN_S)


def test_a_suspect_that_is_not_alone_in_time_goes_and_others_come_in_again() -> None:
    room = Room()
    room.enter()
    assert not room.enter_alone(within_s=0.0)
    assert room.enter()


def test_two_suspects_are_not_there_at_once() -> None:
    room = Room()
    assert _alone(room)
    assert not room.enter_alone(within_s=0.0)
    room.leave()
    assert _alone(room)


@pytest.mark.parametrize("suspect", [False, True])
def test_whoever_waits_is_sent_away_when_the_worker_takes_no_more(suspect: bool) -> None:
    room = Room()
    assert _alone(room)
    with ThreadPoolExecutor(1) as pool:
        coming = _waiting(room, (lambda: _alone(room)) if suspect else room.enter, pool)
        room.close()
        assert not coming.result(WITHIN_S)
    assert not room.enter()

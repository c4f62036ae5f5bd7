"""Taking turns at a device."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from whisperfarm_worker.engines.fair_semaphore import Lane

WITHIN_S = 10


@pytest.mark.parametrize("width", [1, 3])
def test_only_so_many_at_a_time(width: int) -> None:
    lane, inside, most = Lane(width), [], []

    def visit(number: int) -> None:
        with lane:
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(200)))
    assert max(most) <= width


def test_all_the_room_is_used() -> None:
    lane, together = Lane(3), threading.Barrier(3, timeout=WITHIN_S)

    def visit(_: int) -> None:
        with lane:
            together.wait()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(visit, range(3)))


def test_a_long_call_lets_those_pass_who_wait() -> None:
    lane, events = Lane(), list[str]()

    def short() -> None:
        with lane:
            events.append("short")

    with lane:
        waiting = threading.Thread(target=short)
        waiting.start()
        _wait_for_one(lane)
        events.append("long, first batch")
        lane.let_pass()
        events.append("long, second batch")
    waiting.join(WITHIN_S)
    assert events == ["long, first batch", "short", "long, second batch"]


def _wait_for_one(lane: Lane) -> None:
    """Until somebody waits for the lane."""
    for _ in range(WITHIN_S * 100):
        if lane.waiting:
            return
        threading.Event().wait(0.01)
    pytest.fail("nobody asked for the lane")


def test_letting_pass_when_nobody_waits_goes_on_at_once() -> None:
    lane = Lane()
    with lane:
        lane.let_pass()
        lane.let_pass()


def test_an_error_inside_leaves_the_lane_free() -> None:
    lane = Lane()
    with pytest.raises(ZeroDivisionError), lane:
        raise ZeroDivisionError
    with lane:
        pass

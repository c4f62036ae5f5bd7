"""Jobs take turns at a device."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from whisperfarm_worker.engines.fair_semaphore import FairSemaphore

WITHIN_S = 10


@pytest.mark.parametrize("slots", [1, 3])
def test_semaphore_admits_at_most_its_slots(slots: int) -> None:
    semaphore, inside, most = FairSemaphore(slots), [], []

    def visit(number: int) -> None:
        with semaphore:
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(200)))
    assert max(most) <= slots


def test_semaphore_uses_all_slots() -> None:
    semaphore, together = FairSemaphore(3), threading.Barrier(3, timeout=WITHIN_S)

    def visit(_: int) -> None:
        with semaphore:
            together.wait()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(visit, range(3)))


def test_yield_turn_lets_waiting_threads_in() -> None:
    semaphore, events = FairSemaphore(), list[str]()

    def short() -> None:
        with semaphore:
            events.append("short")

    with semaphore:
        waiting = threading.Thread(target=short)
        waiting.start()
        _wait_for_one(semaphore)
        events.append("long, first batch")
        semaphore.yield_turn()
        events.append("long, second batch")
    waiting.join(WITHIN_S)
    assert events == ["long, first batch", "short", "long, second batch"]


def _wait_for_one(semaphore: FairSemaphore) -> None:
    """Wait until a thread waits for the semaphore."""
    for _ in range(WITHIN_S * 100):
        if semaphore.waiting:
            return
        threading.Event().wait(0.01)
    pytest.fail("no thread waits for the semaphore")


def test_yield_turn_returns_at_once_without_waiters() -> None:
    semaphore = FairSemaphore()
    with semaphore:
        semaphore.yield_turn()
        semaphore.yield_turn()


def test_error_inside_releases_the_semaphore() -> None:
    semaphore = FairSemaphore()
    with pytest.raises(ZeroDivisionError), semaphore:
        raise ZeroDivisionError
    with semaphore:
        pass


def test_each_call_is_logged_with_its_time() -> None:
    semaphore = FairSemaphore()
    with capture_logs() as logged:
        for _ in range(2):
            with semaphore:
                pass
    assert [one["event"] for one in logged] == ["device.called"] * 2
    assert all(one["took_s"] >= 0 for one in logged)

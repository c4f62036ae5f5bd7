"""The pace of all senders together."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.waiting import until
from whisperfarm_client.errors import Stopped
from whisperfarm_client.pace import Pace

DEADLINE_S = 20.0


class Sending:
    """Threads that hold a turn until they are released one by one."""

    def __init__(self, pace: Pace, pool: ThreadPoolExecutor, count: int) -> None:
        self.entered = 0
        self._pace = pace
        self._lock = threading.Lock()
        self._release = threading.Semaphore(0)
        self.futures = [pool.submit(self._send) for _ in range(count)]

    def _send(self) -> None:
        with self._pace.turn():
            with self._lock:
                self.entered += 1
            assert self._release.acquire(timeout=DEADLINE_S)

    def release(self, count: int) -> None:
        self._release.release(count)

    def has_entered(self, count: int) -> Callable[[], bool]:
        return lambda: self.entered == count


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_as_many_send_at_once_as_there_are_senders(pool: ThreadPoolExecutor) -> None:
    sending = Sending(Pace(senders=2, max_jobs=100), pool, 5)
    until(sending.has_entered(2), "two turns")
    sending.release(1)
    until(sending.has_entered(3), "a third turn")
    sending.release(4)
    for future in sending.futures:
        future.result(DEADLINE_S)


def test_unfinished_jobs_limit_the_turns(pool: ThreadPoolExecutor) -> None:
    pace = Pace(senders=4, max_jobs=3, jobs=1)
    sending = Sending(pace, pool, 3)
    until(sending.has_entered(2), "two turns")
    sending.release(3)
    for future in sending.futures[:2]:
        future.result(DEADLINE_S)
    assert sending.entered == 2
    pace.end_job()
    sending.futures[2].result(DEADLINE_S)


def test_one_sender_tries_after_the_farm_was_busy(pool: ThreadPoolExecutor) -> None:
    pace = Pace(senders=4, max_jobs=100)
    with pace.turn():
        pace.hold(0.01)
        sending = Sending(pace, pool, 4)
        assert sending.entered == 0
    until(sending.has_entered(2), "the turns of one that was accepted, and one more")
    sending.release(4)
    for future in sending.futures:
        future.result(DEADLINE_S)


def test_stop_ends_all_that_wait(pool: ThreadPoolExecutor) -> None:
    pace = Pace(senders=1, max_jobs=100)
    sending = Sending(pace, pool, 2)
    until(sending.has_entered(1), "a turn")
    pace.stop()
    sending.release(1)
    assert {type(future.exception(DEADLINE_S)) for future in sending.futures} == {
        type(None),
        Stopped,
    }
    with pytest.raises(Stopped):
        pace.hold(60)

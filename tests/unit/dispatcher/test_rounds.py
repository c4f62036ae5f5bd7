import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.periodic import LONGEST_PAUSE_S, STOP_S, Rounds, pause_s

DEADLINE_S = 10.0
NEVER_S = 3600.0


class Work:
    """Work whose rounds can be waited for."""

    def __init__(self, outcome: Callable[[int], bool] = lambda _: False) -> None:
        self._outcome = outcome
        self._done = threading.Semaphore(0)
        self.rounds = 0

    def __call__(self) -> bool:
        self.rounds += 1
        try:
            return self._outcome(self.rounds)
        finally:
            self._done.release()

    def has_round(self, *, within_s: float) -> bool:
        return self._done.acquire(timeout=within_s)

    def await_round(self) -> None:
        assert self.has_round(within_s=DEADLINE_S)


@contextmanager
def running(
    work: Callable[[], bool], *, every_s: float = NEVER_S, wake: threading.Event | None = None
) -> Iterator[Rounds]:
    rounds = Rounds("test", work, every_s=every_s, wake=wake)
    rounds.start()
    try:
        yield rounds
    finally:
        rounds.stop()


def test_rounds_follow_each_other() -> None:
    work = Work()
    with running(work, every_s=0.001):
        for _ in range(3):
            work.await_round()


def test_a_wake_brings_the_next_round_at_once() -> None:
    work, wake = Work(), threading.Event()
    with running(work, wake=wake):
        work.await_round()
        wake.set()
        work.await_round()


def test_while_there_is_more_to_do_there_is_no_pause() -> None:
    work = Work(lambda number: number < 3)
    with running(work):
        for _ in range(3):
            work.await_round()


def test_errors_do_not_end_the_rounds() -> None:
    def failing(number: int) -> bool:
        if number == 1:
            raise FarmUnavailable("the broker is away")
        if number == 2:
            raise KeyError("a bug")
        return False

    work = Work(failing)
    with running(work, every_s=0.001):
        for _ in range(3):
            work.await_round()


def test_pauses_double_with_each_error_up_to_a_longest() -> None:
    assert [pause_s(0.5, failures=failures) for failures in (1, 2, 3)] == [1, 2, 2]
    assert pause_s(0.5, failures=100_000) == LONGEST_PAUSE_S
    assert pause_s(60, failures=1) == 60


def test_a_wake_does_not_hurry_what_has_just_failed() -> None:
    def failing(_: int) -> bool:
        raise FarmUnavailable("the broker is away")

    work, wake = Work(failing), threading.Event()
    with running(work, every_s=NEVER_S, wake=wake):
        work.await_round()
        wake.set()
        assert not work.has_round(within_s=0.1)


def test_it_stops_within_a_second_whatever_the_pause() -> None:
    work = Work()
    with running(work) as rounds:
        work.await_round()
        began = time.monotonic()
        rounds.stop()
        assert time.monotonic() - began < STOP_S


def test_a_round_that_hangs_is_left_behind() -> None:
    hanging, release = threading.Event(), threading.Event()

    def hang() -> bool:
        hanging.set()
        release.wait(DEADLINE_S)
        return False

    with running(hang) as rounds:
        assert hanging.wait(DEADLINE_S)
        began = time.monotonic()
        rounds.stop()
        assert time.monotonic() - began < STOP_S + 1
        release.set()

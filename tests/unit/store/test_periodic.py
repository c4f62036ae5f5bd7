import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.periodic import (
    MAX_BACKOFF_S,
    STOP_TIMEOUT_S,
    NextRun,
    PeriodicTask,
    backoff_s,
)

DEADLINE_S = 10.0
NEVER_S = 3600.0


class Runs:
    """Work whose runs a test can wait for."""

    def __init__(self, outcome: Callable[[int], bool | NextRun | None] = lambda _: None) -> None:
        self._outcome = outcome
        self._done = threading.Semaphore(0)
        self.count = 0

    def __call__(self) -> bool | NextRun | None:
        self.count += 1
        try:
            return self._outcome(self.count)
        finally:
            self._done.release()

    def has_run(self, *, within_s: float) -> bool:
        return self._done.acquire(timeout=within_s)

    def await_run(self) -> None:
        assert self.has_run(within_s=DEADLINE_S)


@contextmanager
def running(
    work: Callable[[], bool | NextRun | None],
    *,
    interval_s: float = NEVER_S,
    wake: threading.Event | None = None,
    max_backoff_s: float = MAX_BACKOFF_S,
) -> Iterator[PeriodicTask]:
    task = PeriodicTask("test", work, interval_s=interval_s, wake=wake, max_backoff_s=max_backoff_s)
    task.start()
    try:
        yield task
    finally:
        task.stop()


def test_task_runs_again_after_the_interval() -> None:
    work = Runs()
    with running(work, interval_s=0.001):
        for _ in range(3):
            work.await_run()


def test_wake_starts_the_next_run_at_once() -> None:
    work, wake = Runs(), threading.Event()
    with running(work, wake=wake):
        work.await_run()
        wake.set()
        work.await_run()


def test_task_does_not_pause_while_there_is_more_to_do() -> None:
    work = Runs(lambda number: number < 3)
    with running(work):
        for _ in range(3):
            work.await_run()


def test_task_runs_again_when_its_run_says() -> None:
    work = Runs(lambda _: NextRun(within_s=0.001))
    with running(work):
        for _ in range(3):
            work.await_run()


def test_wake_is_ignored_until_the_earliest_next_run() -> None:
    work, wake = Runs(lambda _: NextRun(within_s=NEVER_S, after_s=NEVER_S)), threading.Event()
    with running(work, wake=wake):
        work.await_run()
        wake.set()
        assert not work.has_run(within_s=0.1)


def test_wake_counts_after_the_earliest_next_run() -> None:
    work, wake = Runs(lambda _: NextRun(within_s=NEVER_S, after_s=0.001)), threading.Event()
    with running(work, wake=wake):
        work.await_run()
        wake.set()
        work.await_run()


def test_errors_do_not_end_the_task() -> None:
    def failing(number: int) -> bool:
        if number == 1:
            raise FarmUnavailable("the broker is unavailable")
        if number == 2:
            raise KeyError("a bug")
        return False

    work = Runs(failing)
    with running(work, interval_s=0.001):
        for _ in range(3):
            work.await_run()


def test_repeated_failure_is_logged_once_and_its_end_once() -> None:
    outcomes = {1: FarmUnavailable("no broker"), 2: FarmUnavailable("no broker"), 4: KeyError("x")}

    def failing(number: int) -> None:
        if number in outcomes:
            raise outcomes[number]

    work = Runs(failing)
    with structlog.testing.capture_logs() as logs, running(work, interval_s=0.001):
        for _ in range(6):
            work.await_run()
    assert [line["event"] for line in logs] == [
        "periodic.failed",
        "periodic.recovered",
        "periodic.error",
        "periodic.recovered",
    ]


def test_pause_doubles_with_each_failure_up_to_the_maximum() -> None:
    assert [backoff_s(0.5, failures=failures) for failures in (1, 2, 3)] == [1, 2, 2]
    assert backoff_s(0.5, failures=100_000) == MAX_BACKOFF_S
    assert backoff_s(60, failures=1) == 60


def test_pause_without_backoff_stays_the_interval() -> None:
    assert backoff_s(0.25, failures=10, max_s=0) == 0.25


def test_wake_is_ignored_after_a_failure() -> None:
    def failing(_: int) -> bool:
        raise FarmUnavailable("the broker is unavailable")

    work, wake = Runs(failing), threading.Event()
    with running(work, interval_s=NEVER_S, wake=wake):
        work.await_run()
        wake.set()
        assert not work.has_run(within_s=0.1)


@pytest.mark.parametrize("interval_s", [0.001, NEVER_S])
def test_stop_ends_the_task_whatever_the_interval(interval_s: float) -> None:
    work = Runs()
    with running(work, interval_s=interval_s) as task:
        work.await_run()
        began = time.monotonic()
        task.stop()
        assert time.monotonic() - began < STOP_TIMEOUT_S
        count = work.count
        assert not threading.Event().wait(0.05)
        assert work.count == count


def test_stop_of_a_task_that_never_started_returns() -> None:
    PeriodicTask("test", lambda: None, interval_s=1).stop()


def test_stop_does_not_wait_for_a_run_that_hangs() -> None:
    hanging, release = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        release.wait(DEADLINE_S)

    with running(hang) as task:
        assert hanging.wait(DEADLINE_S)
        began = time.monotonic()
        task.stop()
        assert time.monotonic() - began < STOP_TIMEOUT_S + 1
        release.set()

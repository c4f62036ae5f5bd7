from collections.abc import Sequence

import pytest

from whisperfarm_dispatcher.maintenance.dispatch_pace import (
    FULL_PAUSE_S,
    MIN_PAUSE_S,
    DispatchPace,
)
from whisperfarm_dispatcher.order.slots import MIN_IN_QUEUE
from whisperfarm_store.periodic import NextRun

INTERVAL_S = 0.5
DEMO = "demo"


class Broker:
    """A publisher that records."""

    def __init__(self) -> None:
        self.published: list[str] = []

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        assert preset == DEMO
        self.published += job_ids


class Runs:
    """A pace with a clock that a test sets."""

    def __init__(self) -> None:
        self.broker, self._now = Broker(), 100.0
        self._pace = DispatchPace(self.broker, interval_s=INTERVAL_S, clock=lambda: self._now)

    def run(self, *, after_s: float, published: int) -> NextRun:
        self._now += after_s
        if published:
            self._pace.publish(["job"] * published, DEMO)
        return self._pace.next_run()


@pytest.fixture
def runs() -> Runs:
    return Runs()


def test_idle_dispatch_runs_after_the_interval(runs: Runs) -> None:
    assert runs.run(after_s=INTERVAL_S, published=0) == NextRun(within_s=INTERVAL_S)


def test_dispatch_runs_again_when_half_of_the_queue_is_claimed(runs: Runs) -> None:
    assert runs.run(after_s=0.2, published=MIN_IN_QUEUE).within_s == pytest.approx(0.1)


def test_slow_claims_do_not_stretch_the_interval(runs: Runs) -> None:
    assert runs.run(after_s=INTERVAL_S, published=1).within_s == INTERVAL_S


def test_fast_claims_leave_a_pause(runs: Runs) -> None:
    assert runs.run(after_s=0.001, published=MIN_IN_QUEUE).within_s == MIN_PAUSE_S


def test_submissions_are_ignored_while_the_queues_are_full(runs: Runs) -> None:
    assert runs.run(after_s=0.01, published=0).after_s == FULL_PAUSE_S


def test_submissions_are_not_ignored_after_a_run_that_published(runs: Runs) -> None:
    assert runs.run(after_s=0.01, published=1).after_s == 0.0


def test_jobs_are_published(runs: Runs) -> None:
    runs.run(after_s=0.01, published=2)
    assert runs.broker.published == ["job", "job"]

"""Leaving in good order."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.monitor import Drained
from whisperfarm_worker.process.drain import EXIT_POISONED, Drain

WITHIN_S = 10


@dataclass
class _Ledger:
    """Hands out jobs and notes what comes back."""

    given_back: list[str] = field(default_factory=list)
    error: Exception | None = None

    def claim(self, job_id: str, **_: Any) -> Any:
        return replace(new_job(), id=job_id, attempt=1)

    def beat(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def requeue(self, job_id: str, *, attempt: int) -> None:
        self.given_back.append(job_id)
        if self.error is not None:
            raise self.error

    succeed = fail = cancelled = beat


class _Process:
    """A worker with two jobs, whose exit is only noted."""

    def __init__(self, *, drain_s: float, consuming: bool = True) -> None:
        self.ledger = _Ledger()
        self.leases = Leases(self.ledger, worker="w", lease_s=30)
        self.jobs = [self.leases.take("one"), self.leases.take("two")]
        self.stopped, self.left = threading.Event(), threading.Event()
        self.words: list[str] = []
        self.code: int | None = None
        self.drain = Drain(
            self.leases,
            self.ledger,
            drain_s=drain_s,
            stop_consuming=lambda: self.stopped.set() or consuming,
            last_words=(lambda: self.words.append("bye"),),
            leave=self._leave,
        )

    def _leave(self, code: int) -> None:
        self.code = code
        self.left.set()


Start = Callable[..., _Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes, and lets their threads end after the test."""
    processes: list[_Process] = []

    def begin(**given: Any) -> _Process:
        processes.append(_Process(**given))
        return processes[-1]

    yield begin
    for process in processes:
        process.drain.finished()


def test_at_first_no_more_jobs_are_taken_and_running_ones_go_on(start: Start) -> None:
    process = start(drain_s=60)
    process.drain.ask()
    assert process.stopped.wait(WITHIN_S)
    assert process.jobs[0] is not None
    process.jobs[0].report("align", 0.5)
    process.drain.finished()
    assert process.ledger.given_back == []


def test_when_time_is_up_jobs_are_given_back_and_the_process_ends_well(start: Start) -> None:
    process = start(drain_s=0.05)
    process.drain.ask()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)
    assert process.words == ["bye"]
    assert process.jobs[0] is not None
    with pytest.raises(Drained):
        process.jobs[0].report("align", 0.5)


def test_a_second_signal_gives_back_at_once(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.signalled()
    process.drain.signalled()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)


def test_the_first_signal_does_not_cut_a_drain_short_that_was_asked_for(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.ask()
    assert process.stopped.wait(WITHIN_S)
    process.drain.signalled()
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []
    process.drain.signalled()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)


@pytest.mark.parametrize("first", ["ask", "signalled"])
def test_to_be_asked_while_it_drains_changes_nothing(start: Start, first: str) -> None:
    process = start(drain_s=3600)
    getattr(process.drain, first)()
    assert process.stopped.wait(WITHIN_S)
    process.drain.ask()
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []


def test_a_worker_that_takes_no_jobs_yet_leaves_at_once(start: Start) -> None:
    process = start(drain_s=3600, consuming=False)
    process.drain.ask()
    assert process.left.wait(WITHIN_S)
    assert process.code == 0


def test_jobs_that_ended_in_time_are_not_given_back(start: Start) -> None:
    process = start(drain_s=0.05)
    process.drain.finished()
    process.drain.ask()
    assert process.stopped.wait(WITHIN_S)
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []


@pytest.mark.parametrize("error", [LeaseLost(), FarmUnavailable()])
def test_a_job_that_can_not_be_given_back_does_not_keep_the_process(
    start: Start, error: Exception
) -> None:
    process = start(drain_s=0.0)
    process.ledger.error = error
    process.drain.ask()
    assert process.left.wait(WITHIN_S)
    assert process.ledger.given_back == ["one", "two"]


def test_a_broken_device_ends_the_process_with_a_code_of_its_own(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.poisoned()
    assert (process.ledger.given_back, process.code) == (["one", "two"], EXIT_POISONED)

"""Draining a worker."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.monitor import WorkerDraining
from whisperfarm_worker.process.drain import EXIT_DEVICE_FAILED, Drain

WITHIN_S = 10


@dataclass
class _Ledger:
    """Records requeued jobs."""

    given_back: list[str] = field(default_factory=list)
    error: Exception | None = None
    answers: threading.Event | None = None

    def __post_init__(self) -> None:
        self.attempts = self

    def claim(self, job_id: str, **_: Any) -> Any:
        return replace(new_job(), id=job_id, attempt=1)

    def heartbeat(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def requeue(self, job_id: str, *, attempt: int) -> None:
        self.given_back.append(job_id)
        if self.answers is not None:
            self.answers.wait(WITHIN_S)
        if self.error is not None:
            raise self.error

    succeed = fail = cancelled = heartbeat


class _Process:
    """A worker with two jobs whose exit is only recorded."""

    def __init__(
        self, *, drain_s: float, consuming: bool = True, exit_within_s: float = 60.0
    ) -> None:
        self.ledger = _Ledger()
        self.leases = Leases(self.ledger.attempts, worker="w", lease_s=30)
        self.jobs = [self.leases.acquire("one"), self.leases.acquire("two")]
        self.stopped, self.left = threading.Event(), threading.Event()
        self.words: list[str] = []
        self.code: int | None = None
        self.drain = Drain(
            self.leases,
            self.ledger.attempts,
            drain_s=drain_s,
            stop_consuming=lambda: self.stopped.set() or consuming,
            on_exit=(lambda: self.words.append("bye"),),
            exit_process=self._leave,
            exit_within_s=exit_within_s,
        )

    def _leave(self, code: int) -> None:
        self.code = code
        self.left.set()


Start = Callable[..., _Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts workers; their threads end after the test."""
    processes: list[_Process] = []

    def begin(**given: Any) -> _Process:
        processes.append(_Process(**given))
        return processes[-1]

    yield begin
    for process in processes:
        process.drain.mark_done()


def test_drain_stops_accepting_and_lets_jobs_run(start: Start) -> None:
    process = start(drain_s=60)
    process.drain.request()
    assert process.stopped.wait(WITHIN_S)
    assert process.jobs[0] is not None
    process.jobs[0].report_progress("align", 0.5)
    process.drain.mark_done()
    assert process.ledger.given_back == []


def test_drain_timeout_requeues_jobs_and_exits_zero(start: Start) -> None:
    process = start(drain_s=0.05)
    process.drain.request()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)
    assert process.words == ["bye"]
    assert process.jobs[0] is not None
    with pytest.raises(WorkerDraining):
        process.jobs[0].report_progress("align", 0.5)


def test_second_signal_requeues_at_once(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.on_signal()
    process.drain.on_signal()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)


def test_first_signal_keeps_a_requested_drain(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.request()
    assert process.stopped.wait(WITHIN_S)
    process.drain.on_signal()
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []
    process.drain.on_signal()
    assert process.left.wait(WITHIN_S)
    assert (process.ledger.given_back, process.code) == (["one", "two"], 0)


@pytest.mark.parametrize("first", ["request", "on_signal"])
def test_second_drain_request_changes_nothing(start: Start, first: str) -> None:
    process = start(drain_s=3600)
    getattr(process.drain, first)()
    assert process.stopped.wait(WITHIN_S)
    process.drain.request()
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []


def test_worker_that_consumes_nothing_exits_at_once(start: Start) -> None:
    process = start(drain_s=3600, consuming=False)
    process.drain.request()
    assert process.left.wait(WITHIN_S)
    assert process.code == 0


def test_finished_jobs_are_not_requeued(start: Start) -> None:
    process = start(drain_s=0.05)
    process.drain.mark_done()
    process.drain.request()
    assert process.stopped.wait(WITHIN_S)
    assert not process.left.wait(0.3)
    assert process.ledger.given_back == []


@pytest.mark.parametrize("error", [LeaseLost(), FarmUnavailable()])
def test_failed_requeue_does_not_block_the_exit(start: Start, error: Exception) -> None:
    process = start(drain_s=0.0)
    process.ledger.error = error
    process.drain.request()
    assert process.left.wait(WITHIN_S)
    assert process.ledger.given_back == ["one", "two"]


def test_device_failure_exits_with_its_code(start: Start) -> None:
    process = start(drain_s=3600)
    process.drain.on_device_failure()
    assert (process.ledger.given_back, process.code) == (["one", "two"], EXIT_DEVICE_FAILED)


def test_hanging_ledger_does_not_delay_the_exit(start: Start) -> None:
    process = start(drain_s=0.0, exit_within_s=0.1)
    process.ledger.answers = threading.Event()
    process.drain.request()
    assert process.left.wait(WITHIN_S / 2)
    assert process.ledger.given_back == ["one"]
    process.ledger.answers.set()

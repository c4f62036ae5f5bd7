"""Leases: kept by heartbeats, lost if the ledger does not renew them in time."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import structlog

from tests.support.clock import Clock
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import FarmUnavailable, Problem, ServerError
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import HeartbeatReply
from whisperfarm_worker.attempt.lease import Lease, Leases
from whisperfarm_worker.attempt.monitor import (
    Cancelled,
    DeadlineReached,
    LeaseExpired,
    LeaseLost,
    StopAttempt,
    WorkerDraining,
)

LEASE_S, WITHIN_S = 30.0, 60.0


@dataclass
class _Claims:
    """A ledger with one job whose heartbeats return what the test sets."""

    reply: HeartbeatReply | Exception = field(
        default_factory=lambda: HeartbeatReply(held=True, cancel_requested=False)
    )
    beats: list[tuple[Progress | None, float | None]] = field(default_factory=list)
    looks: list[dict[str, int]] = field(default_factory=list)
    seen: HeartbeatReply | Exception = field(
        default_factory=lambda: HeartbeatReply(held=True, cancel_requested=False)
    )
    suspects: set[str] = field(default_factory=set)
    taken: bool = False

    def is_suspect(self, job_id: str) -> bool:
        return job_id in self.suspects

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, skip_suspects: bool = False, **_: Any
    ) -> Job | None:
        if self.taken or (skip_suspects and job_id in self.suspects):
            return None
        self.taken = True
        return replace(new_job(), id=job_id, state=JobState.RUNNING, attempt=2)

    def heartbeat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> HeartbeatReply:
        assert (attempt, lease_s) == (2, LEASE_S)
        self.beats.append((progress, audio_s))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def lease_statuses(self, held: Mapping[str, int]) -> dict[str, HeartbeatReply]:
        self.looks.append(dict(held))
        if isinstance(self.seen, Exception):
            raise self.seen
        return dict.fromkeys(held, self.seen)


@dataclass
class _Worker:
    claims: _Claims = field(default_factory=_Claims)
    clock: Clock = field(default_factory=Clock)
    unavailable: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.leases = Leases(
            self.claims,
            worker="w",
            lease_s=LEASE_S,
            report_unavailable=self.unavailable.append,
            clock=self.clock,
        )

    def take(self) -> Lease:
        lease = self.leases.acquire("job")
        assert lease is not None
        return lease

    def after(self, seconds: float) -> None:
        """Move the clock by this many seconds, then send heartbeats."""
        self.clock.now += seconds
        self.leases.heartbeat()


@pytest.fixture
def worker() -> _Worker:
    """Return a worker with leases on a ledger with one job."""
    return _Worker()


def test_acquire_returns_none_for_an_unavailable_job(worker: _Worker) -> None:
    worker.take()
    assert worker.leases.acquire("job") is None


def test_lease_is_renewed_after_a_third(worker: _Worker) -> None:
    worker.take()
    worker.after(9.9)
    assert worker.claims.beats == []
    worker.after(0.1)
    assert worker.claims.beats == [(None, None)]
    worker.after(9.9)
    assert len(worker.claims.beats) == 1


def test_progress_is_reported_within_the_interval(worker: _Worker) -> None:
    lease = worker.take()
    lease.report_progress("decode", 0.0)
    worker.after(0.5)
    assert worker.claims.beats == []
    worker.after(0.5)
    assert worker.claims.beats == [(Progress(stage="decode", fraction=0.0), None)]


def test_reported_progress_is_not_reported_again(worker: _Worker) -> None:
    lease = worker.take()
    lease.report_progress("decode", 0.0)
    worker.after(1.0)
    lease.report_progress("decode", 0.0)
    worker.after(5.0)
    assert len(worker.claims.beats) == 1


def test_heartbeat_reports_the_duration(worker: _Worker) -> None:
    lease = worker.take()
    lease.report_duration(12.5)
    worker.after(10.0)
    assert worker.claims.beats == [(None, 12.5)]


def test_cancelled_job_stops_at_its_next_report(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.reply = HeartbeatReply(held=False, cancel_requested=True)
    worker.after(10.0)
    with pytest.raises(Cancelled):
        lease.report_progress("align", 0.5)


def test_attempt_stops_after_losing_its_lease(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.reply = HeartbeatReply(held=False, cancel_requested=False)
    worker.after(10.0)
    with pytest.raises(LeaseLost):
        lease.report_progress("align", 0.5)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (HeartbeatReply(held=False, cancel_requested=True), Cancelled),
        (HeartbeatReply(held=False, cancel_requested=False), LeaseLost),
        (
            HeartbeatReply(held=True, cancel_requested=False, deadline_exceeded=True),
            DeadlineReached,
        ),
    ],
)
def test_ledger_is_polled_every_second(
    worker: _Worker, reply: HeartbeatReply, reason: type[StopAttempt]
) -> None:
    lease = worker.take()
    worker.after(0.9)
    assert worker.claims.looks == []
    worker.claims.seen = reply
    worker.after(0.1)
    assert (worker.claims.looks, worker.claims.beats) == ([{"job": 2}], [])
    with pytest.raises(reason):
        lease.report_progress("align", 0.5)


def test_worker_without_jobs_does_not_poll(worker: _Worker) -> None:
    worker.after(5.0)
    assert worker.claims.looks == []


def test_failed_poll_stops_nothing(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.seen = FarmUnavailable("away")
    worker.after(1.0)
    lease.report_progress("align", 0.5)


def test_short_ledger_outage_stops_nothing(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.reply = FarmUnavailable("away")
    worker.after(10.0)
    worker.after(19.9)
    lease.report_progress("align", 0.5)
    worker.claims.reply = HeartbeatReply(held=True, cancel_requested=False)
    worker.after(0.05)
    worker.after(29.0)
    lease.report_progress("align", 0.6)


def test_lease_expires_when_the_ledger_stays_unavailable(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.reply = FarmUnavailable("away")
    worker.after(30.0)
    with pytest.raises(LeaseExpired):
        lease.report_progress("align", 0.5)


def test_unavailable_ledger_is_reported_and_not_logged(worker: _Worker) -> None:
    worker.take()
    outage = FarmUnavailable("unavailable")
    worker.claims.reply = worker.claims.seen = outage
    with structlog.testing.capture_logs() as logs:
        worker.after(10.0)
        worker.after(0.25)
    assert set(worker.unavailable) == {outage}
    assert logs == []


def test_expired_lease_is_logged_once(worker: _Worker) -> None:
    worker.take()
    worker.claims.reply = FarmUnavailable("unavailable")
    with structlog.testing.capture_logs() as logs:
        worker.after(30.0)
        worker.after(0.25)
    assert [line["event"] for line in logs] == ["lease.expired_locally"]


def test_lease_error_is_logged_once_until_the_lease_is_renewed(worker: _Worker) -> None:
    worker.take()
    renewed, damaged = worker.claims.reply, ServerError("damaged")
    with structlog.testing.capture_logs() as logs:
        for reply in (damaged, damaged, renewed, damaged):
            worker.claims.reply = reply
            worker.after(10.0 if reply is damaged else 0.25)
    assert [line["event"] for line in logs] == ["lease.renew_failed"] * 2
    assert worker.unavailable == []


def test_lease_is_prolonged_until_its_outcome_is_settled(worker: _Worker) -> None:
    lease = worker.take()
    worker.leases.exit_gate()
    worker.after(10.0)
    assert worker.leases.held() == [lease]
    assert len(worker.claims.beats) == 1


@pytest.mark.parametrize("poll", [True, False])
def test_lease_of_an_ended_attempt_is_not_lost(worker: _Worker, poll: bool) -> None:
    lease = worker.take()
    lease.end()
    worker.claims.reply = worker.claims.seen = HeartbeatReply(held=False, cancel_requested=False)
    with structlog.testing.capture_logs() as logs:
        worker.after(1.0 if poll else 10.0)
    assert (len(worker.claims.looks), len(worker.claims.beats)) == (1, 0 if poll else 1)
    assert (logs, lease.is_stopped) == ([], False)


def test_lease_of_an_ended_attempt_does_not_expire_locally(worker: _Worker) -> None:
    lease = worker.take()
    lease.end()
    worker.claims.reply = FarmUnavailable("away")
    with structlog.testing.capture_logs() as logs:
        worker.after(30.0)
    assert "lease.expired_locally" not in [line["event"] for line in logs]
    assert not lease.is_stopped


def test_released_lease_is_not_renewed(worker: _Worker) -> None:
    worker.leases.release(worker.take())
    worker.after(10.0)
    assert (worker.claims.beats, worker.leases.held()) == ([], [])


def test_stop_all_stops_attempts_and_accepts_no_more(worker: _Worker) -> None:
    lease = worker.take()
    assert worker.leases.stop_all() == [lease]
    with pytest.raises(WorkerDraining):
        lease.report_progress("align", 0.5)
    worker.claims.taken = False
    assert worker.leases.acquire("another") is None
    assert worker.claims.taken is False


def test_stop_accepting_keeps_running_attempts(worker: _Worker) -> None:
    lease = worker.take()
    worker.leases.stop_accepting()
    lease.report_progress("align", 0.5)
    worker.claims.taken = False
    assert worker.leases.acquire("another") is None


def test_first_stop_reason_is_kept(worker: _Worker) -> None:
    lease = worker.take()
    lease.stop(Cancelled())
    lease.stop(WorkerDraining())
    with pytest.raises(Cancelled):
        lease.report_progress("align", 0.5)


def test_suspect_runs_alone(
    worker: _Worker,
) -> None:
    worker.claims.suspects.add("suspect")
    skip_suspects = worker.take()
    worker.claims.taken = False
    with ThreadPoolExecutor(2) as pool:
        alone = pool.submit(worker.leases.acquire, "suspect")
        assert worker.leases.held() == [skip_suspects]
        worker.leases.release(skip_suspects)
        worker.leases.exit_gate()
        suspect = alone.result(WITHIN_S)
        assert suspect is not None
        assert worker.leases.held() == [suspect]
        worker.claims.taken = False
        beside = pool.submit(worker.leases.acquire, "innocent")
        assert not beside.done()
        worker.leases.release(suspect)
        worker.leases.exit_gate()
        innocent = beside.result(WITHIN_S)
        assert innocent is not None
        assert worker.leases.held() == [innocent]


def test_lost_and_reclaimed_job_releases_the_gate(worker: _Worker) -> None:
    first = worker.take()
    worker.claims.taken = False
    second = worker.take()
    worker.leases.release(first)
    worker.leases.exit_gate()
    worker.leases.release(second)
    worker.leases.exit_gate()
    worker.claims.suspects.add("suspect")
    worker.claims.taken = False
    assert worker.leases.acquire("suspect") is not None

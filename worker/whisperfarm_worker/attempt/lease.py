"""Leases on claimed jobs. One thread renews them all, and stops attempts whose lease is lost."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import Problem, Unavailable
from whisperfarm_store import events
from whisperfarm_store.ledger import Attempts, HeartbeatReply
from whisperfarm_worker.attempt.isolation import ExclusiveGate
from whisperfarm_worker.attempt.monitor import (
    Cancelled,
    DeadlineReached,
    LeaseExpired,
    LeaseLost,
    StopAttempt,
    WorkerDraining,
)

_EXCLUSIVE_WAIT_S = 60.0
"""How long a suspect waits to run alone, and other jobs with it. It is dispatched again later."""

_POLL_INTERVAL_S = 1.0
"""Interval of the queries that ask the ledger whether any attempt must stop."""

_PROGRESS_INTERVAL_S = 1.0
"""Minimum interval of progress reports to the ledger. Shorter attempts report none."""


@dataclass(eq=False, slots=True)
class Lease:
    """A claimed job. It is the `AttemptMonitor` of its attempt.

    The attempt's thread and the heartbeat's thread write it, each its own fields.
    """

    job: Job
    renewed_at: float
    progress: Progress | None = field(default=None, init=False)
    audio_s: float | None = field(default=None, init=False)
    reported: Progress | None = field(default=None, init=False)
    renew_error: str = field(default="", init=False)
    ended: bool = field(default=False, init=False)
    _stop: StopAttempt | None = field(default=None, init=False)

    def report_progress(self, stage: str, fraction: float) -> None:
        if self._stop is not None:
            raise self._stop
        self.progress = Progress(stage=stage, fraction=fraction)

    def report_duration(self, audio_s: float) -> None:
        self.audio_s = audio_s

    def stop(self, reason: StopAttempt) -> None:
        """Raise `reason` from the attempt's next progress report. The first reason counts."""
        self._stop = self._stop or reason

    def end(self) -> None:
        """Note that the attempt has ended: its lease is renewed until its outcome is settled, and
        there is nothing to stop any more. Call it before the outcome is written."""
        self.ended = True

    @property
    def job_now(self) -> Job:
        """The job with the progress of this attempt."""
        return replace(self.job, progress=self.progress)

    @property
    def is_stopped(self) -> bool:
        """Whether the attempt was asked to stop."""
        return self._stop is not None

    def is_due(self, now: float, *, renew_after_s: float) -> bool:
        """Return whether to send a heartbeat: to renew the lease, or to report progress."""
        age_s = now - self.renewed_at
        return age_s >= renew_after_s or (
            age_s >= _PROGRESS_INTERVAL_S and self.progress != self.reported
        )


class Leases:
    """Leases that this worker holds. Thread-safe.

    It calls `report_unavailable` with the problem if a heartbeat finds the ledger unavailable.
    `describe` returns what the chain of custody records of this worker.
    """

    def __init__(
        self,
        attempts: Attempts,
        *,
        worker: str,
        lease_s: float,
        report_unavailable: Callable[[Problem], None] = lambda _: None,
        describe: Callable[[Job], Mapping[str, Any]] = lambda _: {},
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts = attempts
        self._worker = worker
        self._lease_s = lease_s
        self._report_unavailable = report_unavailable
        self._describe = describe
        self._clock = clock
        self._held: dict[str, Lease] = {}
        self._polled_at = clock()
        self._gate = ExclusiveGate()
        self._closed = False
        self._stopped = False
        self._lock = threading.Lock()

    def acquire(self, job_id: str) -> Lease | None:
        """Claim a job, or return `None` if it is not claimable or this worker is draining.

        For a suspect, the call waits up to a minute until no other job runs. Other jobs wait until
        the suspect's attempt is over.
        """
        lease = self._enter_and_claim(job_id, self._gate.enter, skip_suspects=True)
        if lease is None and not self._closed and self._attempts.is_suspect(job_id):
            events.attempt.isolated.log(job=job_id)
            exclusive = partial(self._gate.enter_exclusive, timeout_s=_EXCLUSIVE_WAIT_S)
            return self._enter_and_claim(job_id, exclusive, skip_suspects=False)
        return lease

    def _enter_and_claim(
        self, job_id: str, enter: Callable[[], bool], *, skip_suspects: bool
    ) -> Lease | None:
        if not enter():
            return None
        lease = None
        try:
            lease = self._claim(job_id, skip_suspects=skip_suspects)
        finally:
            if lease is None:
                self._gate.exit()
        return lease

    def _claim(self, job_id: str, *, skip_suspects: bool) -> Lease | None:
        claimed_at = self._clock()
        job = self._attempts.claim(
            job_id,
            worker=self._worker,
            lease_s=self._lease_s,
            skip_suspects=skip_suspects,
            describe=self._describe,
        )
        if job is None:
            return None
        lease = Lease(job, renewed_at=claimed_at)
        with self._lock:
            self._held[job.id] = lease
            if self._stopped:
                lease.stop(WorkerDraining())
        return lease

    def exit_gate(self) -> None:
        """Let other attempts start, because one is over."""
        self._gate.exit()

    def release(self, lease: Lease) -> None:
        """Drop the lease, because the outcome of its attempt is settled."""
        with self._lock:
            if self._held.get(lease.job.id) is lease:
                del self._held[lease.job.id]

    def held(self) -> list[Lease]:
        """Return the current leases."""
        with self._lock:
            return list(self._held.values())

    def stop_accepting(self) -> None:
        """Claim no more jobs. Running attempts continue."""
        with self._lock:
            self._closed = True
        self._gate.close()

    def stop_all(self) -> list[Lease]:
        """Claim no more jobs and stop all attempts. Returns the leases of jobs to requeue."""
        with self._lock:
            self._closed = self._stopped = True
            held = list(self._held.values())
        self._gate.close()
        for lease in held:
            lease.stop(WorkerDraining())
        return held

    def heartbeat(self) -> None:
        """Renew the leases that are due, and poll for attempts that must stop. A thread calls this
        several times per second."""
        for lease in self.held():
            now = self._clock()
            if lease.is_due(now, renew_after_s=self._lease_s / 3):
                self._renew(lease, now)
        self._poll()

    def _poll(self) -> None:
        """Ask for all leases at once, so that cancelled jobs stop before their next renewal."""
        now, held = self._clock(), self.held()
        if not held or now - self._polled_at < _POLL_INTERVAL_S:
            return
        self._polled_at = now
        try:
            replies = self._attempts.lease_statuses(
                {lease.job.id: lease.job.attempt for lease in held}
            )
        except Unavailable as problem:
            self._report_unavailable(problem)
            return
        except Exception as error:
            events.lease.poll_failed.log(error=str(error))
            return
        for lease in self.held():  # without those that were released meanwhile
            if lease in held:
                _apply(lease, replies[lease.job.id])

    def _renew(self, lease: Lease, now: float) -> None:
        progress, job = lease.progress, lease.job
        try:
            reply = self._attempts.heartbeat(
                job.id,
                attempt=job.attempt,
                lease_s=self._lease_s,
                progress=progress,
                audio_s=lease.audio_s,
            )
        except Exception as error:
            self._renew_failed(lease, error)
            self._expire_locally(lease, now)
            return
        lease.renewed_at, lease.reported, lease.renew_error = now, progress, ""
        _apply(lease, reply)

    def _renew_failed(self, lease: Lease, error: Exception) -> None:
        """Report an outage of the ledger. Log any other error, unless it repeats."""
        previous, lease.renew_error = lease.renew_error, str(error)
        if isinstance(error, Unavailable):
            self._report_unavailable(error)
        elif lease.renew_error != previous:
            events.lease.renew_failed.log(job=lease.job.id, error=lease.renew_error)

    def _expire_locally(self, lease: Lease, now: float) -> None:
        """Stop the attempt if its lease has expired: another worker may have the job."""
        if not lease.ended and now - lease.renewed_at >= self._lease_s and not lease.is_stopped:
            events.lease.expired_locally.log(job=lease.job.id, attempt=lease.job.attempt)
            lease.stop(LeaseExpired())


def _apply(lease: Lease, reply: HeartbeatReply) -> None:
    """Stop the attempt if the ledger's reply requires it.

    An attempt that has ended is not stopped: its own outcome may have ended the lease.
    """
    if lease.is_stopped or lease.ended:
        return
    if reply.cancel_requested:
        lease.stop(Cancelled())
    elif not reply.held:
        events.lease.lost.log(job=lease.job.id, attempt=lease.job.attempt)
        lease.stop(LeaseLost())
    elif reply.deadline_exceeded:
        lease.stop(DeadlineReached())

"""Leases: a job is ours as long as the ledger hears of it. One thread speaks for all of them."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from whisperfarm_contract.job import Job, Progress
from whisperfarm_store import events
from whisperfarm_store.ledger import HeartbeatReply
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
"""How long a suspect waits to be alone, with others held up; then it is given out again later."""

_POLL_INTERVAL_S = 1.0
"""How often the ledger is asked whether any of the jobs is to stop."""

_PROGRESS_INTERVAL_S = 1.0
"""Progress reaches the ledger at most so often; an attempt shorter than this never troubles it."""


class LeaseStore(Protocol):
    """The part of the ledger that leases need."""

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, skip_suspects: bool = False
    ) -> Job | None:
        """Take a queued job; `skip_suspects`: only if it is no suspect."""

    def is_suspect(self, job_id: str) -> bool:
        """Whether it is queued and `SUSPECT_AFTER_DEATHS` workers or more died while it ran."""

    def heartbeat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> HeartbeatReply:
        """Prolong a lease."""

    def lease_statuses(self, held: Mapping[str, int]) -> dict[str, HeartbeatReply]:
        """How attempts stand."""


@dataclass(eq=False, slots=True)
class Lease:
    """A job that is ours for now: what a pipeline watches.

    Written by two threads, the attempt's and the heartbeat's: each field by one of them.
    """

    job: Job
    renewed_at: float
    progress: Progress | None = field(default=None, init=False)
    audio_s: float | None = field(default=None, init=False)
    reported: Progress | None = field(default=None, init=False)
    _stop: StopAttempt | None = field(default=None, init=False)

    def report_progress(self, stage: str, fraction: float) -> None:
        if self._stop is not None:
            raise self._stop
        self.progress = Progress(stage=stage, fraction=fraction)

    def report_duration(self, audio_s: float) -> None:
        self.audio_s = audio_s

    def stop(self, reason: StopAttempt) -> None:
        """The next report raises this; the first reason counts."""
        self._stop = self._stop or reason

    @property
    def job_now(self) -> Job:
        """The job with the progress of this attempt."""
        return replace(self.job, progress=self.progress)

    @property
    def is_stopped(self) -> bool:
        """Whether the attempt was told to stop."""
        return self._stop is not None

    def is_due(self, now: float, *, renew_after_s: float) -> bool:
        """Whether the ledger should hear of it: in time for the lease, or because there is news."""
        age_s = now - self.renewed_at
        return age_s >= renew_after_s or (
            age_s >= _PROGRESS_INTERVAL_S and self.progress != self.reported
        )


class Leases:
    """The jobs that this worker has now."""

    def __init__(
        self,
        store: LeaseStore,
        *,
        worker: str,
        lease_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._worker = worker
        self._lease_s = lease_s
        self._clock = clock
        self._held: dict[str, Lease] = {}
        self._polled_at = clock()
        self._gate = ExclusiveGate()
        self._closed = False
        self._stopped = False
        self._lock = threading.Lock()

    def acquire(self, job_id: str) -> Lease | None:
        """Claim a job; `None` when it is not to be had, or this worker takes no more.

        A suspect runs by itself: the call waits until all others have
        ended, for a while, and others wait until that one has.
        """
        lease = self._enter_and_claim(job_id, self._gate.enter, skip_suspects=True)
        if lease is None and not self._closed and self._store.is_suspect(job_id):
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
        job = self._store.claim(
            job_id, worker=self._worker, lease_s=self._lease_s, skip_suspects=skip_suspects
        )
        if job is None:
            return None
        lease = Lease(job, renewed_at=claimed_at)
        with self._lock:
            self._held[job.id] = lease
            if self._stopped:
                lease.stop(WorkerDraining())
        return lease

    def leave_room(self) -> None:
        """An attempt is over: others may start, also those that wait to be alone."""
        self._gate.exit()

    def release(self, lease: Lease) -> None:
        """The outcome of the attempt is settled: there is nothing to hold any more."""
        with self._lock:
            if self._held.get(lease.job.id) is lease:
                del self._held[lease.job.id]

    def held(self) -> list[Lease]:
        """The leases there are now."""
        with self._lock:
            return list(self._held.values())

    def stop_accepting(self) -> None:
        """Claim no further job; those that there are go on."""
        with self._lock:
            self._closed = True
        self._gate.close()

    def stop_all(self) -> list[Lease]:
        """Take no more jobs and stop the attempts that there are; these are still to be given
        back."""
        with self._lock:
            self._closed = self._stopped = True
            held = list(self._held.values())
        self._gate.close()
        for lease in held:
            lease.stop(WorkerDraining())
        return held

    def heartbeat(self) -> None:
        """Tell the ledger of every lease that is due, and ask it now and then whether any is to
        stop. Called over and over by a thread."""
        for lease in self.held():
            now = self._clock()
            if lease.is_due(now, renew_after_s=self._lease_s / 3):
                self._renew(lease, now)
        self._poll()

    def _poll(self) -> None:
        """One question for all leases: a job that is called off shall not wait for its beat."""
        now, held = self._clock(), self.held()
        if not held or now - self._polled_at < _POLL_INTERVAL_S:
            return
        self._polled_at = now
        try:
            lease_statuses = self._store.lease_statuses(
                {one.job.id: one.job.attempt for one in held}
            )
        except Exception as error:
            events.lease.poll_failed.log(error=str(error))
            return
        for lease in self.held():  # those that ended meanwhile are of no concern
            if lease in held:
                _apply(lease, lease_statuses[lease.job.id])

    def _renew(self, lease: Lease, now: float) -> None:
        progress, job = lease.progress, lease.job
        try:
            reply = self._store.heartbeat(
                job.id,
                attempt=job.attempt,
                lease_s=self._lease_s,
                progress=progress,
                audio_s=lease.audio_s,
            )
        except Exception as error:
            events.lease.renew_failed.log(job=job.id, error=str(error))
            self._expire_locally(lease, now)
            return
        lease.renewed_at, lease.reported = now, progress
        _apply(lease, reply)

    def _expire_locally(self, lease: Lease, now: float) -> None:
        """The ledger did not answer for the whole lease: it may have given the job to another."""
        if now - lease.renewed_at >= self._lease_s:
            events.lease.expired_locally.log(job=lease.job.id, attempt=lease.job.attempt)
            lease.stop(LeaseExpired())


def _apply(lease: Lease, reply: HeartbeatReply) -> None:
    """Stop the attempt if the ledger's answer says so."""
    if lease.is_stopped:
        return
    if not reply.held:
        events.lease.lost.log(job=lease.job.id, attempt=lease.job.attempt)
        lease.stop(LeaseLost())
    elif reply.cancel_requested:
        lease.stop(Cancelled())
    elif reply.deadline_exceeded:
        lease.stop(DeadlineReached())

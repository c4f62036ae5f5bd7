"""Leases: a job is ours as long as the ledger hears of it. One thread speaks for all of them."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from whisperfarm_contract.job import Job, Progress
from whisperfarm_store import events
from whisperfarm_store.ledger import Pulse
from whisperfarm_worker.attempt.isolation import Room
from whisperfarm_worker.attempt.monitor import Cancelled, Drained, Late, LeaseExpired, Lost, Stop

_ALONE_WITHIN_S = 60.0
"""How long a suspect waits to be alone, with others held up; then it is given out again later."""

_LOOK_S = 1.0
"""How often the ledger is asked whether any of the jobs is to stop."""

_NEWS_S = 1.0
"""Progress reaches the ledger at most so often; an attempt shorter than this never troubles it."""


class Claims(Protocol):
    """The part of the ledger that leases need."""

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, trusted: bool = False
    ) -> Job | None:
        """Take a queued job; `trusted`: only if it is no suspect."""

    def is_suspect(self, job_id: str) -> bool:
        """Whether it is queued and `SUSPECT_FROM_KILLS` workers or more died while it ran."""

    def beat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> Pulse:
        """Prolong a lease."""

    def pulses(self, held: Mapping[str, int]) -> dict[str, Pulse]:
        """How attempts stand."""


@dataclass(eq=False, slots=True)
class Lease:
    """A job that is ours for now: what a pipeline watches.

    Written by two threads, the attempt's and the heartbeat's: each field by one of them.
    """

    job: Job
    beaten_at: float
    progress: Progress | None = field(default=None, init=False)
    audio_s: float | None = field(default=None, init=False)
    told: Progress | None = field(default=None, init=False)
    _stop: Stop | None = field(default=None, init=False)

    def report(self, stage: str, done: float) -> None:
        if self._stop is not None:
            raise self._stop
        self.progress = Progress(stage=stage, done=done)

    def measured(self, audio_s: float) -> None:
        self.audio_s = audio_s

    def stop(self, reason: Stop) -> None:
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

    def is_due(self, now: float, *, every_s: float) -> bool:
        """Whether the ledger should hear of it: in time for the lease, or because there is news."""
        silent_s = now - self.beaten_at
        return silent_s >= every_s or (silent_s >= _NEWS_S and self.progress != self.told)


class Leases:
    """The jobs that this worker has now."""

    def __init__(
        self,
        claims: Claims,
        *,
        worker: str,
        lease_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._claims = claims
        self._worker = worker
        self._lease_s = lease_s
        self._clock = clock
        self._held: dict[str, Lease] = {}
        self._looked_at = clock()
        self._room = Room()
        self._closed = False
        self._stopped = False
        self._guard = threading.Lock()

    def take(self, job_id: str) -> Lease | None:
        """Claim a job; `None` when it is not to be had, or this worker takes no more.

        A suspect runs by itself: the call waits until all others have
        ended, for a while, and others wait until that one has.
        """
        lease = self._enter_and_claim(job_id, self._room.enter, trusted=True)
        if lease is None and not self._closed and self._claims.is_suspect(job_id):
            events.attempt.isolated.log(job=job_id)
            alone = partial(self._room.enter_alone, within_s=_ALONE_WITHIN_S)
            return self._enter_and_claim(job_id, alone, trusted=False)
        return lease

    def _enter_and_claim(
        self, job_id: str, enter: Callable[[], bool], *, trusted: bool
    ) -> Lease | None:
        if not enter():
            return None
        lease = None
        try:
            lease = self._claim(job_id, trusted=trusted)
        finally:
            if lease is None:
                self._room.leave()
        return lease

    def _claim(self, job_id: str, *, trusted: bool) -> Lease | None:
        asked_at = self._clock()
        job = self._claims.claim(
            job_id, worker=self._worker, lease_s=self._lease_s, trusted=trusted
        )
        if job is None:
            return None
        lease = Lease(job, beaten_at=asked_at)
        with self._guard:
            self._held[job.id] = lease
            if self._stopped:
                lease.stop(Drained())
        return lease

    def leave_room(self) -> None:
        """An attempt is over: others may start, also those that wait to be alone."""
        self._room.leave()

    def drop(self, lease: Lease) -> None:
        """The outcome of the attempt is settled: there is nothing to hold any more."""
        with self._guard:
            if self._held.get(lease.job.id) is lease:
                del self._held[lease.job.id]

    def held(self) -> list[Lease]:
        """The leases there are now."""
        with self._guard:
            return list(self._held.values())

    def take_no_more(self) -> None:
        """Claim no further job; those that there are go on."""
        with self._guard:
            self._closed = True
        self._room.close()

    def close(self) -> list[Lease]:
        """Take no more jobs and stop the attempts that there are; these are still to be given
        back."""
        with self._guard:
            self._closed = self._stopped = True
            held = list(self._held.values())
        self._room.close()
        for lease in held:
            lease.stop(Drained())
        return held

    def beat(self) -> None:
        """Tell the ledger of every lease that is due, and ask it now and then whether any is to
        stop. Called over and over by a thread."""
        for lease in self.held():
            now = self._clock()
            if lease.is_due(now, every_s=self._lease_s / 3):
                self._beat(lease, now)
        self._look()

    def _look(self) -> None:
        """One question for all leases: a job that is called off shall not wait for its beat."""
        now, held = self._clock(), self.held()
        if not held or now - self._looked_at < _LOOK_S:
            return
        self._looked_at = now
        try:
            pulses = self._claims.pulses({one.job.id: one.job.attempt for one in held})
        except Exception as error:
            events.lease.poll_failed.log(error=str(error))
            return
        for lease in self.held():  # those that ended meanwhile are of no concern
            if lease in held:
                _heed(lease, pulses[lease.job.id])

    def _beat(self, lease: Lease, now: float) -> None:
        progress, job = lease.progress, lease.job
        try:
            pulse = self._claims.beat(
                job.id,
                attempt=job.attempt,
                lease_s=self._lease_s,
                progress=progress,
                audio_s=lease.audio_s,
            )
        except Exception as error:
            events.lease.renew_failed.log(job=job.id, error=str(error))
            self._lose_if_silent(lease, now)
            return
        lease.beaten_at, lease.told = now, progress
        _heed(lease, pulse)

    def _lose_if_silent(self, lease: Lease, now: float) -> None:
        """The ledger did not answer for the whole lease: it may have given the job to another."""
        if now - lease.beaten_at >= self._lease_s:
            events.lease.expired_locally.log(job=lease.job.id, attempt=lease.job.attempt)
            lease.stop(LeaseExpired())


def _heed(lease: Lease, pulse: Pulse) -> None:
    """Stop the attempt if the ledger's answer says so."""
    if lease.is_stopped:
        return
    if not pulse.held:
        events.lease.lost.log(job=lease.job.id, attempt=lease.job.attempt)
        lease.stop(Lost())
    elif pulse.cancel:
        lease.stop(Cancelled())
    elif pulse.late:
        lease.stop(Late())

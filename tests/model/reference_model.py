"""A reference model of jobs without a database, with which the ledger is compared.

Times are hours of a clock that only `pass_hours` moves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS
from whisperfarm_contract.states import JobState

MAX_WORKER_DEATHS = 3


@dataclass(frozen=True, kw_only=True)
class ModelJob:
    """The expected fields of a job. `problem` is the name of its problem."""

    id: str
    tenant: str
    preset: str
    max_attempts: int
    reference: str | None = None
    deadline_h: float | None = None
    failures: int = 0
    available_h: float | None = None
    state: JobState = JobState.QUEUED
    attempt: int = 0
    lease_until_h: float | None = None
    dispatched_h: float | None = None
    dispatch_count: int = 0
    worker_deaths: int = 0
    cancel_requested: bool = False
    result_key: str | None = None
    problem: str | None = None


class Rejected(Exception):
    """The ledger must reject this call; the argument is the name of the problem."""


@dataclass
class ReferenceModel:
    """All jobs in the order in which they were accepted."""

    now_h: float = 0.0
    jobs: dict[str, ModelJob] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    """Presets whose dispatch is paused; empty text: the whole farm."""
    keys: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def insert(self, job: ModelJob, *, key: str | None, fingerprint: str) -> str:
        """Insert a job. Returns its id, or that of the existing job."""
        if key is not None:
            job_id, before = self.keys.setdefault((job.tenant, key), (job.id, fingerprint))
            if before != fingerprint:
                raise Rejected("idempotency-conflict")
            if job_id != job.id:
                return job_id
        self.jobs[job.id] = job
        return job.id

    def claim(self, job_id: str, *, lease_h: float, skip_suspects: bool) -> int | None:
        """Return the number of the attempt, or None if the job is not claimable."""
        job = self.jobs[job_id]
        if (
            not self._is_available(job)
            or self._deadline_exceeded(job)
            or (skip_suspects and job.worker_deaths >= SUSPECT_AFTER_DEATHS)
        ):
            return None
        self._change(
            job_id,
            state=JobState.RUNNING,
            attempt=job.attempt + 1,
            lease_until_h=self.now_h + lease_h,
            available_h=None,
        )
        return job.attempt + 1

    def heartbeat(self, job_id: str, *, attempt: int, lease_h: float) -> tuple[bool, bool]:
        """Return whether the lease is held, and whether cancellation was requested."""
        job = self.jobs[job_id]
        if not self._is_held(job_id, attempt):
            return False, job.cancel_requested and job.attempt == attempt
        self._change(job_id, lease_until_h=self.now_h + lease_h)
        return True, False

    def succeed(self, job_id: str, *, attempt: int, result_key: str) -> None:
        self._transition(job_id, attempt, JobState.SUCCEEDED, problem=None, result_key=result_key)

    def fail(self, job_id: str, *, attempt: int, problem: str) -> None:
        failures = self.jobs[job_id].failures + 1
        self._transition(job_id, attempt, JobState.FAILED, problem=problem, failures=failures)

    def requeue(
        self,
        job_id: str,
        *,
        attempt: int,
        problem: str | None,
        counts: bool = False,
        delay_h: float = 0.0,
    ) -> None:
        job = self.jobs[job_id]
        self._transition(
            job_id,
            attempt,
            JobState.QUEUED,
            problem=problem or job.problem,
            failures=job.failures + counts,
            available_h=self.now_h + delay_h if delay_h else None,
        )

    def request_cancel(self, job_id: str, *, tenant: str) -> str:
        job = self.jobs[job_id]
        if job.tenant != tenant:
            raise Rejected("job-not-found")
        if not job.state.is_final:
            end = {"state": JobState.CANCELLED, "problem": "job-cancelled"}
            self._change(job_id, cancel_requested=True, lease_until_h=None, available_h=None, **end)
        return job_id

    def mark_dispatched(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            job = self.jobs[job_id]
            if self._is_dispatchable(job):
                self._change(job_id, dispatched_h=self.now_h, dispatch_count=job.dispatch_count + 1)

    def unmark_dispatched(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            if self._is_dispatched(self.jobs[job_id]):
                dispatch_count = self.jobs[job_id].dispatch_count - 1
                self._change(job_id, dispatched_h=None, dispatch_count=dispatch_count)

    def rescue(self, *, redispatch_after_h: float, idle: set[str]) -> set[str]:
        """Return the ids of the rescued jobs."""
        late = self._ids(lambda job: not job.state.is_final and self._deadline_exceeded(job))
        for job_id in late:
            self._fail_on_deadline(job_id)
        lost = self._ids(lambda job: (job.lease_until_h or self.now_h) < self.now_h)
        for job_id in lost:
            self._lose_worker(job_id)
        undelivered = self._ids(
            lambda job: (
                self._is_dispatched(job)
                and self.now_h - (job.dispatched_h or 0.0)
                > redispatch_after_h * _backoff(job, idle)
            )
        )
        for job_id in undelivered:
            self._change(job_id, dispatched_h=None)
        return {*late, *lost, *undelivered}

    def _fail_on_deadline(self, job_id: str) -> None:
        """Fail the job: its deadline has passed."""
        end = {"state": JobState.FAILED, "problem": "deadline-exceeded"}
        self._change(job_id, lease_until_h=None, available_h=None, **end)

    def _lose_worker(self, job_id: str) -> None:
        """Count a worker death of the job."""
        worker_deaths = self.jobs[job_id].worker_deaths + 1
        self._change(job_id, worker_deaths=worker_deaths)
        job = self.jobs[job_id]
        if worker_deaths >= MAX_WORKER_DEATHS:
            self.fail(job_id, attempt=job.attempt, problem="job-quarantined")
        elif job.failures + 1 >= job.max_attempts:
            self.fail(job_id, attempt=job.attempt, problem="attempts-exhausted")
        else:
            self.requeue(job_id, attempt=job.attempt, problem="worker-lost", counts=True)

    def list_dispatchable(self, preset: str | None) -> list[str]:
        return self._ids(lambda job: self._is_dispatchable(job) and preset in (None, job.preset))

    def count_dispatched(self, preset: str | None) -> int:
        return len(self._ids(lambda job: self._is_dispatched(job) and preset in (None, job.preset)))

    def list_jobs(self, tenant: str, state: JobState | None, reference: str | None) -> list[str]:
        """Return all jobs, newest first."""
        mine = self._ids(
            lambda job: (
                job.tenant == tenant
                and state in (None, job.state)
                and reference in (None, job.reference)
            )
        )
        return mine[::-1]

    def _ids(self, wanted: Callable[[ModelJob], bool]) -> list[str]:
        return [job.id for job in self.jobs.values() if wanted(job)]

    def _deadline_exceeded(self, job: ModelJob) -> bool:
        return job.deadline_h is not None and job.deadline_h < self.now_h

    def _is_available(self, job: ModelJob) -> bool:
        return job.state is JobState.QUEUED and (job.available_h or 0.0) <= self.now_h

    def _is_dispatchable(self, job: ModelJob) -> bool:
        is_paused = bool(self.paused & {"", job.preset})
        return self._is_available(job) and job.dispatched_h is None and not is_paused

    def _is_dispatched(self, job: ModelJob) -> bool:
        return job.state is JobState.QUEUED and job.dispatched_h is not None

    def _is_held(self, job_id: str, attempt: int) -> bool:
        job = self.jobs[job_id]
        return job.state is JobState.RUNNING and job.attempt == attempt

    def _transition(self, job_id: str, attempt: int, to: JobState, **changes: object) -> None:
        if not self._is_held(job_id, attempt):
            raise Rejected("lease-lost")
        if to is JobState.QUEUED:
            changes |= {"dispatched_h": None, "dispatch_count": 0}
        self._change(job_id, state=to, lease_until_h=None, **changes)

    def _change(self, job_id: str, **changes: object) -> None:
        self.jobs[job_id] = replace(self.jobs[job_id], **changes)  # type: ignore[arg-type]


def _backoff(job: ModelJob, idle: set[str]) -> int:
    """Return 1, 2, 4 ... up to 128 with each dispatch; at most 2 if the preset has idle workers."""
    return int(min(2 ** (job.dispatch_count - 1), 2 if job.preset in idle else 128))

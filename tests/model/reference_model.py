"""The life of jobs as it should be, without a database: what the ledger is compared with.

Times are hours on a clock that moves only when it is told to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from whisperfarm_contract.job import SUSPECT_FROM_KILLS
from whisperfarm_contract.states import State

MAX_KILLS = 3


@dataclass(frozen=True, kw_only=True)
class ModelJob:
    """What is to be said of one job. `problem` is the name of its problem."""

    id: str
    tenant: str
    preset: str
    max_attempts: int
    deadline_h: float | None = None
    failures: int = 0
    available_h: float | None = None
    state: State = State.QUEUED
    attempt: int = 0
    lease_until_h: float | None = None
    released_h: float | None = None
    releases: int = 0
    kills: int = 0
    cancel_asked: bool = False
    result_key: str | None = None
    problem: str | None = None


class Refused(Exception):
    """The ledger has to refuse this; the argument is the name of the problem."""


@dataclass
class ReferenceModel:
    """All jobs, in the order in which they were accepted."""

    now_h: float = 0.0
    jobs: dict[str, ModelJob] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def insert(self, job: ModelJob, *, key: str | None, fingerprint: str) -> str:
        """The id of the job that there is now."""
        if key is not None:
            job_id, before = self.keys.setdefault((job.tenant, key), (job.id, fingerprint))
            if before != fingerprint:
                raise Refused("idempotency-conflict")
            if job_id != job.id:
                return job_id
        self.jobs[job.id] = job
        return job.id

    def claim(self, job_id: str, *, lease_h: float, trusted: bool) -> int | None:
        """The number of the attempt, or `None` when the job is not to be had."""
        job = self.jobs[job_id]
        if (
            not self._is_available(job)
            or self._is_late(job)
            or (trusted and job.kills >= SUSPECT_FROM_KILLS)
        ):
            return None
        self._change(
            job_id,
            state=State.RUNNING,
            attempt=job.attempt + 1,
            lease_until_h=self.now_h + lease_h,
            available_h=None,
        )
        return job.attempt + 1

    def beat(self, job_id: str, *, attempt: int, lease_h: float) -> tuple[bool, bool]:
        """Whether the job is held, and whether it is to be cancelled."""
        job = self.jobs[job_id]
        if not self._is_held(job_id, attempt):
            return False, False
        self._change(job_id, lease_until_h=self.now_h + lease_h)
        return True, job.cancel_asked

    def succeed(self, job_id: str, *, attempt: int, result_key: str) -> None:
        self._leave(job_id, attempt, State.SUCCEEDED, problem=None, result_key=result_key)

    def fail(self, job_id: str, *, attempt: int, problem: str) -> None:
        failures = self.jobs[job_id].failures + 1
        self._leave(job_id, attempt, State.FAILED, problem=problem, failures=failures)

    def cancelled(self, job_id: str, *, attempt: int) -> None:
        self._leave(job_id, attempt, State.CANCELLED, problem="job-cancelled")

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
        if job.cancel_asked:
            return self.cancelled(job_id, attempt=attempt)
        self._leave(
            job_id,
            attempt,
            State.QUEUED,
            problem=problem or job.problem,
            failures=job.failures + counts,
            available_h=self.now_h + delay_h if delay_h else None,
        )

    def ask_cancel(self, job_id: str, *, tenant: str) -> str:
        job = self.jobs[job_id]
        if job.tenant != tenant:
            raise Refused("job-unknown")
        if job.state is State.QUEUED:
            end = {"state": State.CANCELLED, "problem": "job-cancelled"}
            self._change(job_id, cancel_asked=True, available_h=None, **end)
        elif job.state is State.RUNNING:
            self._change(job_id, cancel_asked=True)
        return job_id

    def released(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            job = self.jobs[job_id]
            if self._is_available(job) and job.released_h is None:
                self._change(job_id, released_h=self.now_h, releases=job.releases + 1)

    def withdrawn(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            if self._is_out(self.jobs[job_id]):
                releases = self.jobs[job_id].releases - 1
                self._change(job_id, released_h=None, releases=releases)

    def rescue(self, *, rerelease_after_h: float, idle: set[str]) -> set[str]:
        """The ids of those that were moved on."""
        late = self._ids(lambda job: not job.state.is_final and self._is_late(job))
        for job_id in late:
            self._expire(job_id)
        silent = self._ids(lambda job: (job.lease_until_h or self.now_h) < self.now_h)
        for job_id in silent:
            self._kill(job_id)
        unclaimed = self._ids(
            lambda job: (
                self._is_out(job)
                and self.now_h - (job.released_h or 0.0) > rerelease_after_h * _patience(job, idle)
            )
        )
        for job_id in unclaimed:
            self._change(job_id, released_h=None)
        return {*late, *silent, *unclaimed}

    def _expire(self, job_id: str) -> None:
        """The job's deadline has passed."""
        end = {"state": State.FAILED, "problem": "deadline-passed"}
        if self.jobs[job_id].cancel_asked:
            end = {"state": State.CANCELLED, "problem": "job-cancelled"}
        self._change(job_id, lease_until_h=None, available_h=None, **end)

    def _kill(self, job_id: str) -> None:
        """The job's worker died under it."""
        kills = self.jobs[job_id].kills + 1
        self._change(job_id, kills=kills)
        job = self.jobs[job_id]
        if job.cancel_asked:
            self.cancelled(job_id, attempt=job.attempt)
        elif kills >= MAX_KILLS:
            self.fail(job_id, attempt=job.attempt, problem="job-quarantined")
        elif job.failures + 1 >= job.max_attempts:
            self.fail(job_id, attempt=job.attempt, problem="attempts-spent")
        else:
            self.requeue(job_id, attempt=job.attempt, problem="worker-lost", counts=True)

    def releasable(self, preset: str | None) -> list[str]:
        return self._ids(
            lambda job: (
                self._is_available(job) and job.released_h is None and preset in (None, job.preset)
            )
        )

    def outstanding(self, preset: str | None) -> int:
        return len(self._ids(lambda job: self._is_out(job) and preset in (None, job.preset)))

    def page(self, tenant: str, state: State | None) -> list[str]:
        """All of them, newest first."""
        mine = self._ids(lambda job: job.tenant == tenant and state in (None, job.state))
        return mine[::-1]

    def _ids(self, wanted: Callable[[ModelJob], bool]) -> list[str]:
        return [job.id for job in self.jobs.values() if wanted(job)]

    def _is_late(self, job: ModelJob) -> bool:
        return job.deadline_h is not None and job.deadline_h < self.now_h

    def _is_available(self, job: ModelJob) -> bool:
        return job.state is State.QUEUED and (job.available_h or 0.0) <= self.now_h

    def _is_out(self, job: ModelJob) -> bool:
        return job.state is State.QUEUED and job.released_h is not None

    def _is_held(self, job_id: str, attempt: int) -> bool:
        job = self.jobs[job_id]
        return job.state is State.RUNNING and job.attempt == attempt

    def _leave(self, job_id: str, attempt: int, to: State, **changes: object) -> None:
        if not self._is_held(job_id, attempt):
            raise Refused("lease-lost")
        if to is State.QUEUED:
            changes |= {"released_h": None, "releases": 0}
        self._change(job_id, state=to, lease_until_h=None, **changes)

    def _change(self, job_id: str, **changes: object) -> None:
        self.jobs[job_id] = replace(self.jobs[job_id], **changes)  # type: ignore[arg-type]


def _patience(job: ModelJob, idle: set[str]) -> int:
    """1, 2, 4 ... up to 128 with each release; up to 2 for an idle preset."""
    return int(min(2 ** (job.releases - 1), 2 if job.preset in idle else 128))

"""What becomes of a job whose attempt was lost: decided here, written elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AttemptsSpent,
    DeadlinePassed,
    JobCancelled,
    JobQuarantined,
    Problem,
    TryLater,
    WorkerLost,
)
from whisperfarm_contract.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Where a job goes when its attempt is over without an end, and what is noted about it."""

    to: State
    problem: Mapping[str, Any] | None
    max_attempts: int
    quarantined: bool = False


def after_loss(job: Job, reason: Problem) -> Loss:
    """The job's attempt was lost for this reason: it is tried again while attempts are left.

    When a part of the farm was away, none is spent: an outage ends, and no job is to fail by it.
    """
    if job.cancel_asked:
        return _cancelled(job)
    if isinstance(reason, TryLater):
        return Loss(to=State.QUEUED, problem=reason.to_wire(), max_attempts=job.max_attempts + 1)
    if job.attempt < job.max_attempts:
        return Loss(to=State.QUEUED, problem=reason.to_wire(), max_attempts=job.max_attempts)
    return Loss(to=State.FAILED, problem=spent(job, reason), max_attempts=job.max_attempts)


def after_kill(job: Job, reason: Problem, *, max_kills: int) -> Loss:
    """The job's worker died, perhaps because of the job: after `max_kills` it is quarantined."""
    kills = job.kills + 1
    if job.cancel_asked or kills < max_kills:
        return after_loss(job, reason)
    problem = JobQuarantined(
        f"workers died under the job, {kills} in number, and it is kept aside; the last one:"
        f" {reason.detail}"
    )
    return Loss(
        to=State.FAILED,
        problem={**problem.to_wire(), "reason": reason.to_wire()},
        max_attempts=job.max_attempts,
        quarantined=True,
    )


def after_drain(job: Job) -> Loss:
    """The worker leaves and the job is not to blame: it gets one attempt more."""
    if job.cancel_asked:
        return _cancelled(job)
    return Loss(to=State.QUEUED, problem=job.problem, max_attempts=job.max_attempts + 1)


def after_deadline(job: Job) -> Loss:
    """The job has not ended in time."""
    if job.cancel_asked:
        return _cancelled(job)
    return Loss(to=State.FAILED, problem=late(job), max_attempts=job.max_attempts)


def late(job: Job) -> dict[str, Any]:
    """The problem document of a job whose deadline passed, with the reason of its last loss."""
    where = f"in stage {job.progress.stage}" if job.progress else job.state.value
    problem = DeadlinePassed(
        f"the job was still {where} when its deadline passed, {job.terms.deadline_s:g} s after it"
        " came in"
    ).to_wire()
    return problem if job.problem is None else {**problem, "reason": dict(job.problem)}


def silent(worker: str | None, job: Job) -> WorkerLost:
    """The reason when a lease ran out."""
    stage = f" in stage {job.progress.stage}" if job.progress else ""
    return WorkerLost(
        f"the worker {worker} was not heard of any more{stage}, attempt {job.attempt}"
    )


def spent(job: Job, reason: Problem) -> dict[str, Any]:
    """The problem document of a job without attempts left; `reason` is that of the last one."""
    problem = AttemptsSpent(
        f"all attempts were lost, {job.attempt} in number; the last one: {reason.detail}"
    )
    return {**problem.to_wire(), "reason": reason.to_wire()}


def _cancelled(job: Job) -> Loss:
    return Loss(to=State.CANCELLED, problem=JobCancelled().to_wire(), max_attempts=job.max_attempts)

"""Decides what happens to a job after an attempt that did not succeed.

A job fails after `max_attempts` failed attempts. An attempt that ends because a dependency is
unavailable does not count: the job is snoozed until the dependency is back or its deadline passes.
A full scratch disk counts, because the job itself may be what fills it.
The worker decides about the attempts that it ends, and the rescue about those whose worker was
lost. The ledger stores the decision.
"""

from dataclasses import dataclass

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AttemptsExhausted,
    ClientError,
    DeadlineExceeded,
    JobQuarantined,
    Problem,
    ScratchFull,
    StorageFull,
    Unavailable,
    WorkerLost,
)
from whisperfarm_contract.retry_policy import RetryPolicy

RETRY_POLICY = RetryPolicy(initial_s=2.0, coefficient=4.0, max_s=300.0)
"""How long a job waits after its own failures."""

SNOOZE_POLICY = RetryPolicy(initial_s=5.0, coefficient=1.0, max_s=5.0)
"""How long a job waits for an unavailable dependency. The delay does not grow: workers claim no
jobs until the dependency is back, and then the job should start soon."""

FULL_POLICY = RetryPolicy(initial_s=5.0, max_s=300.0)
"""How long a job waits for storage that is full. The delay grows: a full store may still answer, so
workers claim jobs, and each attempt does all its work before it fails again."""

SCRATCH_POLICY = RetryPolicy(initial_s=30.0, coefficient=4.0, max_s=600.0)
"""How long a job waits for space on the worker's disk. Other jobs on it need minutes to end."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The job fails: its recording or request is invalid, or no attempt or time is left."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Retry:
    """The attempt failed and counts. The job is queued again after `delay_s` seconds."""

    problem: Problem
    delay_s: float


@dataclass(frozen=True, slots=True)
class Snooze:
    """A dependency is unavailable or full. The job is queued again after `delay_s` seconds, and the
    attempt does not count."""

    problem: Problem
    delay_s: float


@dataclass(frozen=True, slots=True)
class Cancel:
    """The caller cancelled the job, which the ledger has ended already: nothing is written."""


@dataclass(frozen=True, slots=True)
class Requeue:
    """The worker is draining. The job is queued again at once, and the attempt does not count."""


@dataclass(frozen=True, slots=True)
class Abandon:
    """The lease is lost: another attempt may have the job, so nothing is written."""


Decision = Fail | Retry | Snooze | Cancel | Requeue | Abandon


def after_problem(problem: Problem, job: Job, *, chance: float) -> Fail | Retry | Snooze:
    """Decide about an attempt that ended with `problem`. `chance` is a random number, 0 to 1."""
    match problem:
        case ClientError():
            return Fail(problem)
        case StorageFull():
            uncounted = max(job.attempt - job.failures, 1)
            return Snooze(problem, FULL_POLICY.delay_s(uncounted, chance=chance))
        case Unavailable():
            return Snooze(problem, SNOOZE_POLICY.delay_s(1, chance=chance))
        case _:
            policy = SCRATCH_POLICY if isinstance(problem, ScratchFull) else RETRY_POLICY
            delay_s = policy.delay_s(job.failures + 1, chance=chance)
            return _retry(problem, job, delay_s=delay_s)


def after_worker_lost(worker: str | None, job: Job, *, max_worker_deaths: int) -> Fail | Retry:
    """Decide about an attempt whose worker was lost, perhaps because of the job.

    A retry has no delay, because the job has already waited for its lease to expire. After
    `max_worker_deaths` lost workers, the job is quarantined.
    """
    problem, worker_deaths = worker_lost(worker, job), job.worker_deaths + 1
    if worker_deaths < max_worker_deaths:
        return _retry(problem, job, delay_s=0.0)
    return Fail(
        _because(
            problem,
            JobQuarantined(
                f"the job was quarantined because {worker_deaths} workers died while they ran it;"
                f" last error: {problem.detail}"
            ),
        )
    )


def deadline_exceeded(job: Job) -> DeadlineExceeded:
    """Return the problem of a job whose deadline has passed, with its last failure as `reason`."""
    where = f"in stage {job.progress.stage}" if job.progress else job.state.value
    problem = DeadlineExceeded(
        f"the job was still {where} when its deadline passed, {job.policy.deadline_s:g} s after its"
        " submission"
    )
    if job.problem is not None:
        problem.members = {"reason": dict(job.problem)}
    return problem


def worker_lost(worker: str | None, job: Job) -> WorkerLost:
    """Return the problem of an attempt whose lease expired."""
    stage = f" in stage {job.progress.stage}" if job.progress else ""
    return WorkerLost(
        f"the worker {worker} stopped sending heartbeats{stage}, attempt {job.attempt}"
    )


def _retry(problem: Problem, job: Job, *, delay_s: float) -> Fail | Retry:
    failures = job.failures + 1
    if failures < job.max_attempts:
        return Retry(problem, delay_s)
    exhausted = AttemptsExhausted(
        f"the job failed after {failures} attempts; last error: {problem.detail}"
    )
    return Fail(_because(problem, exhausted))


def _because(reason: Problem, problem: Problem) -> Problem:
    problem.members = {"reason": reason.to_wire()}
    return problem

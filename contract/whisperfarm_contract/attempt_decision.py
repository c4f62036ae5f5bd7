"""What follows an attempt that did not succeed: every such decision is made here.

A job's own failures count, and a job fails after `max_attempts` of them. An unavailable dependency
counts nothing: the job waits in the ledger, however often, until its deadline. The worker decides
for the attempts that it ends, the rescue for those whose worker was lost; the ledger writes what
was decided.
"""

from dataclasses import dataclass

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AttemptsExhausted,
    ClientError,
    DeadlineExceeded,
    JobQuarantined,
    Problem,
    Unavailable,
    WorkerLost,
)
from whisperfarm_contract.retry_policy import RetryPolicy

RETRY_POLICY = RetryPolicy(initial_s=2.0, coefficient=4.0, max_s=300.0)
"""How long a job waits after its own failures."""

SNOOZE_POLICY = RetryPolicy(initial_s=5.0, coefficient=1.0, max_s=5.0)
"""How long a job waits for an unavailable dependency. It does not grow: workers take no jobs before
the dependency is back, and then the job must not wait much longer."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The job fails: its recording or request is at fault, or no attempt or time is left."""

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
    """The caller has cancelled the job."""


@dataclass(frozen=True, slots=True)
class Requeue:
    """The worker is draining. The job is queued again at once, and the attempt does not count."""


@dataclass(frozen=True, slots=True)
class Abandon:
    """The lease is lost: the job belongs to another attempt, and nothing is written."""


Decision = Fail | Retry | Snooze | Cancel | Requeue | Abandon


def after_problem(problem: Problem, job: Job, *, chance: float) -> Fail | Retry | Snooze:
    """Decide about an attempt that ended with `problem`. `chance`, 0 to 1, is for the jitter."""
    match problem:
        case ClientError():
            return Fail(problem)
        case Unavailable():
            return Snooze(problem, SNOOZE_POLICY.delay_s(1, chance=chance))
        case _:
            delay_s = RETRY_POLICY.delay_s(job.failures + 1, chance=chance)
            return _retry(problem, job, delay_s=delay_s)


def after_worker_lost(worker: str | None, job: Job, *, max_worker_deaths: int) -> Fail | Retry:
    """Decide about an attempt whose worker was lost, perhaps because of the job.

    The lease has run out, which was delay enough. After `max_worker_deaths` lost workers the job is
    quarantined.
    """
    problem, worker_deaths = worker_lost(worker, job), job.worker_deaths + 1
    if worker_deaths < max_worker_deaths:
        return _retry(problem, job, delay_s=0.0)
    return Fail(
        _because(
            problem,
            JobQuarantined(
                f"the job was quarantined after {worker_deaths} workers died while they ran it; the"
                f" last one: {problem.detail}"
            ),
        )
    )


def deadline_exceeded(job: Job) -> DeadlineExceeded:
    """Return the problem of a job whose deadline has passed, and the reason of its last failure."""
    where = f"in stage {job.progress.stage}" if job.progress else job.state.value
    problem = DeadlineExceeded(
        f"the job was still {where} when its deadline passed, {job.policy.deadline_s:g} s after it"
        " came in"
    )
    if job.problem is not None:
        problem.members = {"reason": dict(job.problem)}
    return problem


def worker_lost(worker: str | None, job: Job) -> WorkerLost:
    """Return the problem of an attempt whose lease ran out."""
    stage = f" in stage {job.progress.stage}" if job.progress else ""
    return WorkerLost(f"the worker {worker} sent no more heartbeats{stage}, attempt {job.attempt}")


def _retry(problem: Problem, job: Job, *, delay_s: float) -> Fail | Retry:
    failures = job.failures + 1
    if failures < job.max_attempts:
        return Retry(problem, delay_s)
    spent = AttemptsExhausted(
        f"all attempts were lost, {failures} in number; the last one: {problem.detail}"
    )
    return Fail(_because(problem, spent))


def _because(reason: Problem, problem: Problem) -> Problem:
    problem.members = {"reason": reason.to_wire()}
    return problem

"""The ways in which an attempt ends."""

from typing import Any

from sqlalchemy import Connection

from whisperfarm_contract import attempt_decision
from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import Problem, ServerError
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.custody import append_entry
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.finish import finish_job
from whisperfarm_store.ledger.transitions.statement import transition


class LeaseLost(ServerError):
    """The attempt is no longer the job's current one; its outcome is discarded."""

    name = "lease-lost"


def finish(
    connection: Connection, job_id: str, to: JobState, *, attempt: int, **columns: Any
) -> None:
    """Move a running job into a final state. `columns` are other columns of the job.

    This function and those below raise `LeaseLost` if `attempt` is not the job's current attempt.
    """
    job = finish_job(connection, job_id, JobState.RUNNING, to, attempt=attempt, **columns)
    if job is None:
        raise _lease_lost(job_id, attempt)


def fail(
    connection: Connection, job_id: str, *, attempt: int, problem: Problem, **columns: Any
) -> None:
    """Move a running job to failed."""
    columns |= {"problem": problem.to_wire(), "failures": jobs.c.failures + 1}
    finish(connection, job_id, JobState.FAILED, attempt=attempt, **columns)


def requeue(
    connection: Connection,
    job: Job,
    *,
    attempt: int,
    problem: Problem | None,
    counts: bool,
    delay_s: float,
    **columns: Any,
) -> None:
    """Move a running job to queued. Without a `problem`, the problem of an earlier attempt stays.

    `counts` means that the attempt counts as a failure.
    """
    if problem is not None:
        columns["problem"] = problem.to_wire()
    if counts:
        columns["failures"] = job.failures + 1
    if delay_s > 0:
        columns["available_at"] = now_s() + delay_s
    statement = transition(job.id, JobState.RUNNING, JobState.QUEUED, **columns)
    if connection.execute(statement.where(jobs.c.attempt == attempt)).rowcount != 1:
        raise _lease_lost(job.id, attempt)
    name = None if problem is None else problem.name
    body = {"attempt": attempt, "problem": name}
    append_entry(connection, job.id, Kind.REQUEUED, body)


def fail_on_deadline(connection: Connection, job: Job) -> None:
    """End a queued or running job whose deadline has passed."""
    problem = attempt_decision.deadline_exceeded(job).to_wire()
    finish_job(connection, job.id, job.state, JobState.FAILED, attempt=job.attempt, problem=problem)


def _lease_lost(job_id: str, attempt: int) -> LeaseLost:
    return LeaseLost(
        f"attempt {attempt} of job {job_id} is no longer current; its outcome was discarded"
    )

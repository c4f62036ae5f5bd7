"""Attempts at jobs, from the claim to the end. `attempt` is the fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, not_, select, update

from whisperfarm_contract import attempt_decision
from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS, Job, Progress
from whisperfarm_contract.problems import Problem, ServerError
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import queries
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions import finish
from whisperfarm_store.ledger.transitions.statement import (
    deadline_exceeded,
    in_state,
    is_available,
    transition,
)

_REPLY_COLUMNS = (
    jobs.c.state,
    jobs.c.attempt,
    jobs.c.cancel_requested,
    deadline_exceeded().label("deadline_exceeded"),
)


class LeaseLost(ServerError):
    """The attempt is no longer the job's current one; its outcome is discarded."""

    name = "lease-lost"


@dataclass(frozen=True, slots=True)
class HeartbeatReply:
    """The ledger's reply to a heartbeat: whether the lease is held and the attempt may go on.

    With `cancel_requested`, the caller has cancelled the job during this attempt: the ledger has
    ended the job, and the lease is not held.
    """

    held: bool
    cancel_requested: bool
    deadline_exceeded: bool = False


LEASE_LOST = HeartbeatReply(held=False, cancel_requested=False)


def claim(
    connection: Connection, job_id: str, *, worker: str, lease_s: float, skip_suspects: bool
) -> Job | None:
    """Claim a queued job that is available and before its deadline. Returns `None` if it is not
    claimable.

    Of several concurrent calls, only one claims the job. With `skip_suspects`, suspects are not
    claimable.
    """
    statement = transition(
        job_id,
        JobState.QUEUED,
        JobState.RUNNING,
        attempt=jobs.c.attempt + 1,
        worker=worker,
        lease_until=now_s() + lease_s,
        started_at=now_s(),
    )
    conditions = [
        is_available(),
        not_(deadline_exceeded()),
        *([jobs.c.worker_deaths < SUSPECT_AFTER_DEATHS] if skip_suspects else []),
    ]
    row = connection.execute(statement.where(*conditions).returning(*jobs.c)).one_or_none()
    return None if row is None else job_of(row)


def heartbeat(
    connection: Connection,
    job_id: str,
    *,
    attempt: int,
    lease_s: float,
    progress: Progress | None,
    audio_s: float | None,
) -> HeartbeatReply:
    """Extend the lease to `lease_s` seconds from now, and store the progress and the duration."""
    values: dict[str, Any] = {"lease_until": now_s() + lease_s}
    if progress is not None:
        values |= {"stage": progress.stage, "stage_fraction": progress.fraction}
    if audio_s is not None:
        values["audio_s"] = audio_s
    statement = update(jobs).where(
        jobs.c.id == job_id, in_state(JobState.RUNNING), jobs.c.attempt == attempt
    )
    row = connection.execute(statement.values(**values).returning(*_REPLY_COLUMNS)).one_or_none()
    return lease_statuses(connection, {job_id: attempt})[job_id] if row is None else _reply(row)


def lease_statuses(
    connection: Connection, attempts: Mapping[str, int]
) -> dict[str, HeartbeatReply]:
    """Return the status of these attempts by job id, with one query."""
    query = select(jobs.c.id, *_REPLY_COLUMNS).where(jobs.c.id.in_(attempts))
    rows = {row.id: row for row in connection.execute(query)}
    return {
        job_id: _reply(rows[job_id])
        if job_id in rows and rows[job_id].attempt == attempt
        else LEASE_LOST
        for job_id, attempt in attempts.items()
    }


def _reply(row: Row[Any]) -> HeartbeatReply:
    held = row.state == JobState.RUNNING
    return HeartbeatReply(
        held=held,
        cancel_requested=row.cancel_requested,
        deadline_exceeded=held and bool(row.deadline_exceeded),
    )


def succeed(
    connection: Connection, job_id: str, *, attempt: int, result_key: str, audio_s: float
) -> None:
    """Move a running job to succeeded. Its transcript is the blob `result_key`."""
    _finish(
        connection,
        job_id,
        attempt=attempt,
        to=JobState.SUCCEEDED,
        result_key=result_key,
        audio_s=audio_s,
        problem=None,
    )


def fail(
    connection: Connection, job_id: str, *, attempt: int, problem: Problem, **extra: Any
) -> None:
    """Move a running job to failed. `extra` are other columns of the job."""
    _finish(
        connection,
        job_id,
        attempt=attempt,
        to=JobState.FAILED,
        problem=problem.to_wire(),
        failures=jobs.c.failures + 1,
        **extra,
    )


def requeue(
    connection: Connection,
    job_id: str,
    *,
    attempt: int,
    problem: Problem | None,
    counts: bool,
    delay_s: float,
) -> None:
    """Queue a running job again. `counts` means that the attempt counts as a failure."""
    job = queries.get(connection, job_id, tenant=None, lock=True)
    queue_again(connection, job, attempt=attempt, problem=problem, counts=counts, delay_s=delay_s)


def queue_again(
    connection: Connection,
    job: Job,
    *,
    attempt: int,
    problem: Problem | None,
    counts: bool,
    delay_s: float,
    **extra: Any,
) -> None:
    """Move a running job to queued. Without a `problem`, the problem of an earlier attempt stays.

    `extra` are other columns of the job.
    """
    if problem is not None:
        extra["problem"] = problem.to_wire()
    if counts:
        extra["failures"] = job.failures + 1
    if delay_s > 0:
        extra["available_at"] = now_s() + delay_s
    statement = transition(job.id, JobState.RUNNING, JobState.QUEUED, **extra)
    if connection.execute(statement.where(jobs.c.attempt == attempt)).rowcount != 1:
        raise _lease_lost(job.id, attempt)


def fail_on_deadline(connection: Connection, job: Job) -> None:
    """End a queued or running job whose deadline has passed."""
    problem = attempt_decision.deadline_exceeded(job).to_wire()
    finish.finish_job(
        connection, job.id, job.state, JobState.FAILED, attempt=job.attempt, problem=problem
    )


def _finish(
    connection: Connection, job_id: str, *, attempt: int, to: JobState, **values: Any
) -> None:
    job = finish.finish_job(connection, job_id, JobState.RUNNING, to, attempt=attempt, **values)
    if job is None:
        raise _lease_lost(job_id, attempt)


def _lease_lost(job_id: str, attempt: int) -> LeaseLost:
    return LeaseLost(
        f"attempt {attempt} of job {job_id} is no longer current; its outcome was discarded"
    )

"""Cancels jobs at the caller's request."""

from sqlalchemy import Connection, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.queries import get
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions import finish
from whisperfarm_store.ledger.transitions.statement import in_state


def request_cancel(connection: Connection, job_id: str, *, tenant: str) -> Job:
    """Cancel a queued job, or ask the worker of a running job to stop. Returns the job.

    A finished job stays unchanged.
    """
    job = get(connection, job_id, tenant=tenant, lock=True)
    if job.state is JobState.QUEUED:
        return _cancel_queued(connection, job)
    if job.state is JobState.RUNNING:
        return _cancel_running(connection, job)
    return job


def _cancel_queued(connection: Connection, job: Job) -> Job:
    problem = JobCancelled("the job was cancelled before it started").to_wire()
    cancelled = finish.finish_job(
        connection,
        job.id,
        JobState.QUEUED,
        JobState.CANCELLED,
        cancel_requested=True,
        problem=problem,
    )
    return cancelled or job


def _cancel_running(connection: Connection, job: Job) -> Job:
    running = update(jobs).where(jobs.c.id == job.id, in_state(JobState.RUNNING))
    row = connection.execute(running.values(cancel_requested=True).returning(*jobs.c)).one_or_none()
    return job if row is None else job_of(row)

"""Cancels jobs at the caller's request."""

from sqlalchemy import Connection, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions import finish
from whisperfarm_store.ledger.transitions.statement import in_state


def cancel_queued(connection: Connection, job: Job) -> Job:
    """Cancel a queued job, and return it."""
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


def cancel_running(connection: Connection, job: Job) -> Job:
    """Ask the worker of a running job to stop. Returns the job."""
    running = update(jobs).where(jobs.c.id == job.id, in_state(JobState.RUNNING))
    row = connection.execute(running.values(cancel_requested=True).returning(*jobs.c)).one_or_none()
    return job if row is None else job_of(row)

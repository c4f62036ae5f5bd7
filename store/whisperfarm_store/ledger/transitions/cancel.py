"""Cancels jobs at the caller's request."""

from sqlalchemy import Connection

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.transitions import finish


def cancel(connection: Connection, job: Job) -> Job:
    """Cancel a queued or running job, and return it. A finished job stays unchanged.

    The worker of a running job stops at its next check; the ledger rejects what it still writes.
    """
    if job.state.is_final:
        return job
    cancelled = finish.finish_job(
        connection,
        job.id,
        job.state,
        JobState.CANCELLED,
        cancel_requested=True,
        problem=_problem(job).to_wire(),
    )
    return cancelled or job


def _problem(job: Job) -> JobCancelled:
    if job.state is JobState.QUEUED:
        return JobCancelled("the job was cancelled before it started")
    return JobCancelled()

"""Cancels jobs: at the caller's request, or because the caller no longer asks for them."""

from sqlalchemy import Connection, delete

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled, JobNotPolled
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import idempotency
from whisperfarm_store.ledger.transitions import finish


def cancel(connection: Connection, job: Job) -> Job:
    """Cancel a queued or running job, and return it. A finished job stays unchanged.

    The worker of a running job stops at its next check; the ledger rejects what it still writes.
    """
    return job if job.state.is_final else _cancel(connection, job, _problem(job))


def cancel_unpolled(connection: Connection, job: Job) -> Job:
    """Cancel a queued or running job that its caller has not polled, and return it.

    Its idempotency key is deleted: the same request makes a new job.
    """
    problem = JobNotPolled(
        f"the job was cancelled because its caller had not asked for it for"
        f" {job.policy.cancel_unless_polled_s:g} s (cancel_unless_polled_s); submit it again"
    )
    connection.execute(delete(idempotency).where(idempotency.c.job_id == job.id))
    return _cancel(connection, job, problem)


def _cancel(connection: Connection, job: Job, problem: JobCancelled) -> Job:
    cancelled = finish.finish_job(
        connection,
        job.id,
        job.state,
        JobState.CANCELLED,
        cancel_requested=True,
        problem=problem.to_wire(),
    )
    return cancelled or job


def _problem(job: Job) -> JobCancelled:
    if job.state is JobState.QUEUED:
        return JobCancelled("the job was cancelled before it started")
    return JobCancelled()

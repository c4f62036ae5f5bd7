"""Asking for a job to be cancelled."""

from sqlalchemy import Connection, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import endings
from whisperfarm_store.ledger.pages import get
from whisperfarm_store.ledger.statements import in_state
from whisperfarm_store.ledger.tables import jobs


def ask_cancel(connection: Connection, job_id: str, *, tenant: str) -> Job:
    """Cancel a queued job, ask the worker of a running one, leave one that has ended."""
    job = get(connection, job_id, tenant=tenant, lock=True)
    if job.state is State.QUEUED:
        problem = JobCancelled("the job was cancelled before it began").to_wire()
        endings.end(
            connection,
            job_id,
            State.QUEUED,
            State.CANCELLED,
            cancel_asked=True,
            problem=problem,
        )
    elif job.state is State.RUNNING:
        running = update(jobs).where(jobs.c.id == job_id, in_state(State.RUNNING))
        connection.execute(running.values(cancel_asked=True))
    else:
        return job
    return get(connection, job_id, tenant=tenant)

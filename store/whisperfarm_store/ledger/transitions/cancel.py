"""Asking for a job to be cancelled."""

from sqlalchemy import Connection, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobCancelled
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.queries import get
from whisperfarm_store.ledger.transitions import finish
from whisperfarm_store.ledger.transitions.statement import in_state


def ask_cancel(connection: Connection, job_id: str, *, tenant: str) -> Job:
    """Cancel a queued job, ask the worker of a running one, leave one that has ended."""
    job = get(connection, job_id, tenant=tenant, lock=True)
    if job.state is State.QUEUED:
        problem = JobCancelled("the job was cancelled before it began").to_wire()
        finish.end(
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

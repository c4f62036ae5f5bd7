"""Begins forwards of jobs to a hub, and withdraws them, in the transaction of the caller."""

from sqlalchemy import ColumnElement, Connection, case, insert, select, update

from whisperfarm_contract.forwarding import OPEN, ForwardState
from whisperfarm_contract.job import Job
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import forwards, jobs


def insert_forward(connection: Connection, job: Job) -> None:
    """Insert the forward of a new job. It is due once the job has ended."""
    row = {"job_id": job.id, "tenant": job.tenant, "state": ForwardState.WAITING.value}
    times = {"next_at": job.created_at, "created_at": job.created_at}
    counts = {"tries": 0, "failures": 0, "sent_bytes": 0}
    connection.execute(insert(forwards).values(**row, **times, **counts))


def withdraw_forward(connection: Connection, job_id: str) -> None:
    """Send nothing more of an erased job, and have the hub delete what it may have.

    A try that is in progress may still send something: what it leaves at the hub is deleted once
    its lease has ended.
    """
    of_job = update(forwards).where(forwards.c.job_id == job_id)
    untried = (forwards.c.state == ForwardState.WAITING, forwards.c.tries == 0)
    cancelled = {"state": ForwardState.CANCELLED.value, "next_at": None, "finished_at": now_s()}
    connection.execute(of_job.where(*untried).values(**cancelled))
    may_be_sent = [ForwardState.WAITING, ForwardState.SENT, ForwardState.SUCCEEDED]
    tried = forwards.c.state.in_([*may_be_sent, ForwardState.FAILED])
    due_at = case((forwards.c.next_at > now_s(), forwards.c.next_at), else_=now_s())
    erasing = {"state": ForwardState.ERASING.value, "next_at": due_at, "finished_at": None}
    connection.execute(of_job.where(tried).values(**erasing, failures=0))


def has_open_forward() -> ColumnElement[bool]:
    """Return the condition that something of the job is to be sent, fetched or deleted."""
    query = select(forwards.c.job_id).where(forwards.c.job_id == jobs.c.id)
    return query.where(forwards.c.state.in_(sorted(OPEN))).exists()

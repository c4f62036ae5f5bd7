"""Jobs that crashed workers: suspects, which run alone, and the quarantine."""

from sqlalchemy import Connection, select, update

from whisperfarm_contract.job import SUSPECT_FROM_KILLS, Job
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.submit import insert_job
from whisperfarm_store.ledger.transitions.statement import in_state


def is_suspect(connection: Connection, job_id: str) -> bool:
    """Return whether the job is queued and has `SUSPECT_FROM_KILLS` worker deaths or more."""
    query = select(jobs.c.id).where(
        jobs.c.id == job_id, in_state(State.QUEUED), jobs.c.kills >= SUSPECT_FROM_KILLS
    )
    return connection.scalar(query) is not None


def page(connection: Connection, *, limit: int) -> list[Job]:
    """Return the jobs in quarantine, newest first."""
    query = select(jobs).where(jobs.c.quarantined_at.is_not(None))
    newest = query.order_by(jobs.c.quarantined_at.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(newest)]


def release(connection: Connection, job_id: str, successor: Job) -> Job:
    """Take a job out of quarantine and insert `successor` in its place.

    Raises `JobUnknown` if the job is not in quarantine.
    """
    letting_go = update(jobs).where(jobs.c.id == job_id, jobs.c.quarantined_at.is_not(None))
    gone = connection.execute(letting_go.values(quarantined_at=None).returning(jobs.c.id))
    if gone.one_or_none() is None:
        raise JobUnknown(f"the job {job_id!r} is not in quarantine")
    return insert_job(connection, successor, None)

"""Jobs that crashed workers: suspects, which run alone, and the quarantine."""

from sqlalchemy import Connection, select, update

from whisperfarm_contract.job import SUSPECT_AFTER_DEATHS, Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.submit import insert_job
from whisperfarm_store.ledger.transitions.statement import in_state


def is_suspect(connection: Connection, job_id: str) -> bool:
    """Return whether the job is queued and has `SUSPECT_AFTER_DEATHS` worker deaths or more."""
    query = select(jobs.c.id).where(
        jobs.c.id == job_id, in_state(JobState.QUEUED), jobs.c.worker_deaths >= SUSPECT_AFTER_DEATHS
    )
    return connection.scalar(query) is not None


def list_quarantined(connection: Connection, *, limit: int) -> list[Job]:
    """Return the jobs in quarantine, newest first."""
    query = select(jobs).where(jobs.c.quarantined_at.is_not(None))
    newest = query.order_by(jobs.c.quarantined_at.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(newest)]


def retry(connection: Connection, job_id: str, successor: Job) -> Job:
    """Take a job out of quarantine and insert `successor` in its place.

    Raises `JobNotFound` if the job is not in quarantine.
    """
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.quarantined_at.is_not(None))
    updated = connection.execute(statement.values(quarantined_at=None).returning(jobs.c.id))
    if updated.one_or_none() is None:
        raise JobNotFound(f"the job {job_id!r} is not in quarantine")
    return insert_job(connection, successor, None)

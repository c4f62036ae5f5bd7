"""Jobs under which workers died: they run alone, and are kept aside when it goes on."""

from sqlalchemy import Connection, select, update

from whisperfarm_contract.job import SUSPECT_FROM_KILLS, Job
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.submit import insert_job
from whisperfarm_store.ledger.transitions.statement import in_state


def is_suspect(connection: Connection, job_id: str) -> bool:
    """Whether the job is queued and `SUSPECT_FROM_KILLS` workers or more died while it ran."""
    query = select(jobs.c.id).where(
        jobs.c.id == job_id, in_state(State.QUEUED), jobs.c.kills >= SUSPECT_FROM_KILLS
    )
    return connection.scalar(query) is not None


def page(connection: Connection, *, limit: int) -> list[Job]:
    """The jobs that are kept aside, those of last first."""
    query = select(jobs).where(jobs.c.quarantined_at.is_not(None))
    newest = query.order_by(jobs.c.quarantined_at.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(newest)]


def release(connection: Connection, job_id: str, successor: Job) -> Job:
    """Let a job go out of quarantine: `successor` is accepted in its stead, once.

    Raises `JobUnknown` when the job is not in quarantine.
    """
    letting_go = update(jobs).where(jobs.c.id == job_id, jobs.c.quarantined_at.is_not(None))
    gone = connection.execute(letting_go.values(quarantined_at=None).returning(jobs.c.id))
    if gone.one_or_none() is None:
        raise JobUnknown(f"the job {job_id!r} is not in quarantine")
    return insert_job(connection, successor, None)

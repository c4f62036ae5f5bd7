"""Legal holds: a job with one keeps its recording, its transcripts and its row."""

from collections.abc import Sequence

from sqlalchemy import select

from whisperfarm_contract.job import Job
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.job_filter import JobFilter
from whisperfarm_store.ledger.transitions.hold import change_hold

MAX_CHANGED = 100
"""Maximum number of jobs whose hold one transaction changes."""


class Holds:
    """Legal holds by their job. The reason of each change is in the job's chain of custody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, job_id: str, *, tenant: str, reason: str) -> Job:
        """Set the hold, and return the job. One that has a hold keeps it with its reason.

        A deletion that began before is completed. Raises `JobNotFound`.
        """
        return self._change(job_id, tenant, reason, is_held=True)

    def lift(self, job_id: str, *, tenant: str, reason: str) -> Job:
        """Lift the hold if there is one, and return the job. Raises `JobNotFound`."""
        return self._change(job_id, tenant, reason, is_held=False)

    def change_some(
        self, wanted: JobFilter, *, tenant: str, reason: str, is_held: bool
    ) -> Sequence[Job]:
        """Set or lift the hold of up to `MAX_CHANGED` of the tenant's jobs that are `wanted`.

        Returns them; none, once all have been changed.
        """
        differs = jobs.c.held_at.is_(None) if is_held else jobs.c.held_at.is_not(None)
        query = select(jobs).where(differs).order_by(jobs.c.id).limit(MAX_CHANGED)
        with self._database.write() as connection:
            page = query.where(*wanted.conditions(connection, tenant)).with_for_update()
            found = [job_of(row) for row in connection.execute(page)]
            return [change_hold(connection, job, reason, is_held=is_held) for job in found]

    def _change(self, job_id: str, tenant: str, reason: str, *, is_held: bool) -> Job:
        with self._database.write() as connection:
            job = load_job(connection, job_id, tenant=tenant, lock=True)
            if (job.hold is not None) == is_held:
                return job
            return change_hold(connection, job, reason, is_held=is_held)

"""Deletions of blobs: each is decided in one transaction with the job's legal hold, and then made.

The row of an erasure exists from that decision until the blobs are deleted, so that a deletion
which a crash interrupted is completed, for the same reason.
"""

from collections.abc import Sequence

from sqlalchemy import select

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import erasures, jobs
from whisperfarm_store.ledger.transitions.erase import (
    ARTIFACTS,
    Artifact,
    begin_erasure,
    check_erasable,
)
from whisperfarm_store.ledger.transitions.forward import withdraw_forward
from whisperfarm_store.ledger.transitions.originals import reason_at_due_time


class Erasures:
    """Deletions that have begun. `Retention.mark_deleted` ends them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, artifact: Artifact, job_id: str) -> bool:
        """Begin the deletion at the end of a period. Returns False if the job has a legal hold, or
        if it was made before."""
        with self._database.write() as connection:
            try:
                job = load_job(connection, job_id, lock=True)
            except JobNotFound:
                return False
            reason = reason_at_due_time(artifact, job)
            return job.hold is None and begin_erasure(connection, artifact, job_id, reason)

    def request(self, job_id: str, *, tenant: str, reason: str) -> Job:
        """Begin the deletion of all blobs of a job that has ended, and return the job.

        Raises `JobNotFound`, `JobNotFinished` and `JobOnHold`.
        """
        with self._database.write() as connection:
            job = load_job(connection, job_id, tenant=tenant, lock=True)
            check_erasable(job)
            for artifact in ARTIFACTS:
                begin_erasure(connection, artifact, job_id, reason)
            withdraw_forward(connection, job_id)
            return job

    def list(self, *, limit: int) -> Sequence[tuple[Artifact, Job]]:
        """Return what is to be deleted, the oldest decision first."""
        query = select(erasures.c.artifact, *jobs.c).join(jobs, jobs.c.id == erasures.c.job_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(erasures.c.begun_at).limit(limit))
            return [(row.artifact, job_of(row)) for row in rows]

    def has_begun(self, artifact: Artifact, job_id: str) -> bool:
        """Whether the deletion has begun and not ended."""
        of_job = (erasures.c.job_id == job_id, erasures.c.artifact == artifact)
        with self._database.read() as connection:
            return connection.scalar(select(erasures.c.job_id).where(*of_job)) is not None

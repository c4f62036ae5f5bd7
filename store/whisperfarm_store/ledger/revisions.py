"""Revisions of transcripts: corrections and approvals beside the machine's own result."""

from collections.abc import Collection

from sqlalchemy import select

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import ResultExpired
from whisperfarm_contract.revisions.revision import Revision
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import revisions
from whisperfarm_store.ledger.transitions.revise import NewRevision, add_revision, list_revisions


class Revisions:
    """The revisions of the transcripts of jobs that have succeeded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, job: Job) -> list[Revision]:
        """Return all revisions by number. The first one is the machine's result."""
        with self._database.read() as connection:
            return list_revisions(connection, job)

    def insert(self, job_id: str, new: NewRevision, *, tenant: str) -> Revision:
        """Insert a revision whose blob is stored, and return it.

        If the same request has inserted it before, that one is returned. Raises `JobNotFound`,
        `ResultExpired`, and like `add_revision`.
        """
        with self._database.write() as connection:
            job = load_job(connection, job_id, tenant=tenant, lock=True)
            if job.result_deleted_at is not None:
                raise ResultExpired(
                    f"the transcript of job {job.id} was deleted, on request or at the end of its"
                    " retention period; it cannot be revised"
                )
            return add_revision(connection, job, new)

    def keys_in_use(self, keys: Collection[str]) -> set[str]:
        """Return those of the blobs that a revision needs. Pass at most a few hundred keys."""
        query = select(revisions.c.key).where(
            revisions.c.key.in_(keys), revisions.c.deleted_at.is_(None)
        )
        with self._database.read() as connection:
            return set(connection.scalars(query))

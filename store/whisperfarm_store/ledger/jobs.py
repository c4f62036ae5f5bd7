"""Jobs as callers see them, and the quarantine as operators see it."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, select, tuple_, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import FINAL_STATES
from whisperfarm_store.ledger.custody import UNKNOWN_ORIGIN, Origin
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import idempotency, jobs
from whisperfarm_store.ledger.job_filter import ALL_JOBS, JobFilter
from whisperfarm_store.ledger.transitions.cancel import cancel
from whisperfarm_store.ledger.transitions.originals import destroy_original
from whisperfarm_store.ledger.transitions.submit import Idempotency, find_submitted, insert_job

_BATCH_SIZE = 500
"""Maximum number of ids in a statement: databases limit its parameters."""


class Jobs:
    """Submission, reading and cancellation of jobs.

    Methods raise `JobNotFound` if the id is unknown, or belongs to a tenant other than `tenant`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(
        self,
        job: Job,
        *,
        idempotency: Idempotency | None = None,
        origin: Origin = UNKNOWN_ORIGIN,
        forward: bool = False,
    ) -> Job:
        """Insert a job as queued, and return it. The ledger sets its state, attempt and times.

        With `forward`, it is also sent to the hub once it has succeeded.

        If the key was used before with the same fingerprint, returns the existing job. Raises
        `IdempotencyConflict` if it was used for a different request.
        """
        database = self._database
        is_one = idempotency is None and not forward
        with database.write_one() if is_one else database.write() as connection:
            return insert_job(connection, job, idempotency, origin=origin, forward=forward)

    def get(self, job_id: str, *, tenant: str | None = None) -> Job:
        """Return the job. Without `tenant`, it may belong to any tenant."""
        with self._database.read() as connection:
            return load_job(connection, job_id, tenant=tenant)

    def find(self, idempotency_key: str, *, tenant: str) -> Job | None:
        """Return the job that was inserted with this idempotency key, or `None`."""
        query = select(jobs).join(idempotency, idempotency.c.job_id == jobs.c.id)
        by_key = query.where(idempotency.c.tenant == tenant, idempotency.c.key == idempotency_key)
        with self._database.read() as connection:
            row = connection.execute(by_key).one_or_none()
        return None if row is None else job_of(row)

    def idempotency_keys(self, job_id: str) -> list[str]:
        """Return the idempotency keys with which a job was inserted: one, or none."""
        query = select(idempotency.c.key).where(idempotency.c.job_id == job_id)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def find_submitted(self, tenant: str, requested: Idempotency) -> Job | None:
        """Return the job that the same request made before. Raises `IdempotencyConflict`."""
        with self._database.read() as connection:
            return find_submitted(connection, tenant, requested)

    def key_exists(self, tenant: str, key: str) -> bool:
        """Return whether a job was inserted with this idempotency key."""
        query = select(idempotency.c.job_id).where(
            idempotency.c.tenant == tenant, idempotency.c.key == key
        )
        with self._database.read() as connection:
            return connection.scalar(query) is not None

    def list_for_tenant(
        self,
        tenant: str,
        *,
        wanted: JobFilter = ALL_JOBS,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """Return a page of the tenant's jobs that are `wanted`, newest first.

        It starts after the job `before`.
        """
        newest = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            newest = newest.where(*wanted.conditions(connection, tenant))
            if before is not None:
                last = load_job(connection, before, tenant=tenant)
                page_key = tuple_(jobs.c.created_at, jobs.c.id)
                newest = newest.where(page_key < (last.created_at, last.id))
            return [job_of(row) for row in connection.execute(newest)]

    def matching(self, job_ids: Collection[str], *, tenant: str, wanted: JobFilter) -> list[Job]:
        """Return those of the tenant's jobs that are `wanted`, oldest first. Pass a few hundred."""
        oldest = select(jobs).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.created_at, jobs.c.id)
        with self._database.read() as connection:
            rows = connection.execute(oldest.where(*wanted.conditions(connection, tenant)))
            return [job_of(row) for row in rows]

    def existing(self, job_ids: Collection[str]) -> set[str]:
        """Return those of the ids that belong to jobs. Pass at most a few hundred."""
        with self._database.read() as connection:
            return set(connection.scalars(select(jobs.c.id).where(jobs.c.id.in_(job_ids))))

    def finished_among(self, job_ids: Collection[str]) -> set[str]:
        """Return those of the jobs that are in a final state."""
        ids = list(job_ids)
        found: set[str] = set()
        with self._database.read() as connection:
            for start in range(0, len(ids), _BATCH_SIZE):
                in_batch = jobs.c.id.in_(ids[start : start + _BATCH_SIZE])
                query = select(jobs.c.id).where(in_batch, jobs.c.state.in_(sorted(FINAL_STATES)))
                found.update(connection.scalars(query))
        return found

    def request_cancel(self, job_id: str, *, tenant: str) -> Job:
        """Cancel a queued or running job, and return it. A finished job stays unchanged."""
        with self._database.write() as connection:
            return cancel(connection, load_job(connection, job_id, tenant=tenant, lock=True))

    def retry(
        self,
        job_id: str,
        successor: Job,
        *,
        idempotency: Idempotency | None = None,
        origin: Origin = UNKNOWN_ORIGIN,
        forward: bool = False,
    ) -> Job:
        """Insert and return `successor` in place of a job that has ended without a transcript.

        That job leaves the quarantine if it is in it. Raises like `insert`.
        """
        with self._database.write() as connection:
            _release(connection, job_id)
            origin = replace(origin, retry_of=job_id)
            made = insert_job(connection, successor, idempotency, origin=origin, forward=forward)
            destroy_original(connection, load_job(connection, job_id, lock=True), is_copied=True)
            return made

    def list_quarantined(self, *, limit: int) -> list[Job]:
        """Return the jobs in quarantine, newest first."""
        query = select(jobs).where(jobs.c.quarantined_at.is_not(None))
        newest = query.order_by(jobs.c.quarantined_at.desc()).limit(limit)
        with self._database.read() as connection:
            return [job_of(row) for row in connection.execute(newest)]

    def retry_quarantined(self, job_id: str, successor: Job) -> Job:
        """Take a job out of quarantine, and insert and return `successor` in its place."""
        with self._database.write() as connection:
            if not _release(connection, job_id):
                raise JobNotFound(f"the job {job_id!r} is not in quarantine")
            made = insert_job(connection, successor, None, origin=Origin(retry_of=job_id))
            destroy_original(connection, load_job(connection, job_id, lock=True), is_copied=True)
            return made


def _release(connection: Connection, job_id: str) -> bool:
    """Take the job out of quarantine. Returns whether it was in it."""
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.quarantined_at.is_not(None))
    released = connection.execute(statement.values(quarantined_at=None).returning(jobs.c.id))
    return released.one_or_none() is not None

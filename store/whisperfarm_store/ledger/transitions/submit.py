"""Inserts new jobs. After the commit, the farm guarantees that the job will end."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import IdempotencyConflict
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.rows import job_of, load_job, new_row
from whisperfarm_store.ledger.db.tables import idempotency, jobs
from whisperfarm_store.ledger.db.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """Idempotency key of a request, and a digest of the request's content."""

    key: str
    fingerprint: str


def insert_job(connection: Connection, job: Job, requested: Idempotency | None) -> Job:
    """Insert the job, or return the one that the same request made before.

    Raises `IdempotencyConflict` if the key belongs to a different request.
    """
    if requested is not None and not _reserve_key(connection, job, requested):
        return _existing(connection, job.tenant, requested)
    row = insert(jobs).values(**new_row(job), **_times(job)).returning(*jobs.c)
    return job_of(connection.execute(row).one())


def _times(job: Job) -> dict[str, Any]:
    if job.policy.deadline_s is None:
        return {"created_at": now_s()}
    return {"created_at": now_s(), "deadline_at": now_s() + job.policy.deadline_s}


def _reserve_key(connection: Connection, job: Job, requested: Idempotency) -> bool:
    """Insert the key. Returns whether it was new; a concurrent transaction waits for this one."""
    statement = upsert(connection, idempotency).values(
        tenant=job.tenant,
        key=requested.key,
        fingerprint=requested.fingerprint,
        job_id=job.id,
        created_at=now_s(),
    )
    # Drivers differ in the row count of an insert; a returned row is reliable.
    inserted = statement.on_conflict_do_nothing().returning(idempotency.c.job_id)
    return connection.scalar(inserted) is not None


def _existing(connection: Connection, tenant: str, requested: Idempotency) -> Job:
    query = select(idempotency).where(
        idempotency.c.tenant == tenant, idempotency.c.key == requested.key
    )
    row = connection.execute(query).one()
    if row.fingerprint != requested.fingerprint:
        raise IdempotencyConflict(
            f"the idempotency key {requested.key!r} was used for a different request (job "
            f"{row.job_id}); send a new key with a new request"
        )
    return load_job(connection, row.job_id, tenant=tenant)

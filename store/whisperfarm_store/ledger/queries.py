"""Reads jobs."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import FINAL_STATES, JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of

_BATCH_SIZE = 500
"""Maximum number of ids in a statement: databases limit its parameters."""


def get(connection: Connection, job_id: str, *, tenant: str | None, lock: bool = False) -> Job:
    """Return the job; with `lock`, no other transaction changes it until this one ends.

    Raises `JobNotFound`.
    """
    query = select(jobs).where(jobs.c.id == job_id)
    if tenant is not None:
        query = query.where(jobs.c.tenant == tenant)
    row = _row(connection, query.with_for_update() if lock else query, job_id)
    if row is None:
        raise JobNotFound(f"there is no job {job_id!r}")
    return job_of(row)


def _row(connection: Connection, query: Select[Any], job_id: str) -> Row[Any] | None:
    if "\0" in job_id:  # PostgreSQL rejects this character, even in a query
        return None
    return connection.execute(query).one_or_none()


def list_jobs(
    connection: Connection, tenant: str, *, state: JobState | None, limit: int, before: str | None
) -> list[Job]:
    """Return a page of a tenant's jobs, newest first, starting after the job `before`."""
    query = select(jobs).where(jobs.c.tenant == tenant)
    if state is not None:
        query = query.where(jobs.c.state == state.value)
    if before is not None:
        last = get(connection, before, tenant=tenant)
        query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < (last.created_at, last.id))
    newest = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(newest)]


def finished_among(connection: Connection, job_ids: Collection[str]) -> set[str]:
    """Return those of the jobs that are in a final state."""
    ids = list(job_ids)
    found: set[str] = set()
    for start in range(0, len(ids), _BATCH_SIZE):
        query = select(jobs.c.id).where(
            jobs.c.id.in_(ids[start : start + _BATCH_SIZE]), jobs.c.state.in_(sorted(FINAL_STATES))
        )
        found.update(connection.scalars(query))
    return found

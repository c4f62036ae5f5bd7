"""Reads jobs."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_contract.states import FINAL, State
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of

_AT_ONCE = 500
"""Maximum number of ids in a statement: databases limit its parameters."""


def get(connection: Connection, job_id: str, *, tenant: str | None, lock: bool = False) -> Job:
    """Return the job; with `lock`, no other transaction changes it until this one ends.

    Raises `JobUnknown`.
    """
    query = select(jobs).where(jobs.c.id == job_id)
    if tenant is not None:
        query = query.where(jobs.c.tenant == tenant)
    row = _row(connection, query.with_for_update() if lock else query, job_id)
    if row is None:
        raise JobUnknown(f"there is no job {job_id!r}")
    return job_of(row)


def _row(connection: Connection, query: Select[Any], job_id: str) -> Row[Any] | None:
    if "\0" in job_id:  # PostgreSQL rejects this character, even in a query
        return None
    return connection.execute(query).one_or_none()


def page(
    connection: Connection, tenant: str, *, state: State | None, limit: int, before: str | None
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


def ended(connection: Connection, job_ids: Collection[str]) -> set[str]:
    """Return those of the jobs that are in a final state."""
    wanted = list(job_ids)
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(jobs.c.id).where(
            jobs.c.id.in_(wanted[start : start + _AT_ONCE]), jobs.c.state.in_(sorted(FINAL))
        )
        found.update(connection.scalars(query))
    return found

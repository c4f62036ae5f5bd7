"""Inserts new jobs. After the commit, the farm guarantees that the job will end."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.sql.dml import ReturningInsert

from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import IdempotencyConflict
from whisperfarm_store.ledger.custody import (
    UNKNOWN_ORIGIN,
    Origin,
    append_entry,
    bodies,
    is_kept,
)
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.rows import job_of, load_job, new_row
from whisperfarm_store.ledger.db.tables import idempotency, jobs, poll_clock
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.transitions.forward import insert_forward

POLL_CLOCK_ID = 1
"""The only row of its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """Idempotency key of a request, and a digest of the request's content."""

    key: str
    fingerprint: str


def insert_job(
    connection: Connection,
    job: Job,
    requested: Idempotency | None,
    *,
    origin: Origin = UNKNOWN_ORIGIN,
    forward: bool = False,
) -> Job:
    """Insert the job, or return the one that the same request made before.

    With `forward`, it is also sent to the hub once it has succeeded. Raises `IdempotencyConflict`
    if the key belongs to a different request.
    """
    if requested is not None and not _reserve_key(connection, job, requested):
        row = connection.execute(_select_key(job.tenant, requested)).one()
        return _existing(connection, row, requested)
    times = _relative_times(job)
    inserted = job_of(connection.execute(_insert(*times), {**new_row(job), **times}).one())
    if forward:
        insert_forward(connection, inserted)
    if is_kept(connection):
        body = bodies.accepted(inserted, origin)
        personal = bodies.personal_of(inserted, origin)
        append_entry(connection, job.id, Kind.ACCEPTED, body, personal=personal)
    return inserted


def _relative_times(job: Job) -> dict[str, float]:
    policy = job.policy
    times = {"deadline_s": policy.deadline_s, "unless_polled_s": policy.cancel_unless_polled_s}
    return {name: seconds for name, seconds in times.items() if seconds is not None}


@cache
def _insert(*relative_times: str) -> ReturningInsert[Any]:
    """Return the statement, which is built once: that takes longer than to execute it."""
    starts = {
        "deadline_s": (jobs.c.deadline_at, now_s()),
        "unless_polled_s": (jobs.c.poll_due_s, poll_time_s()),
    }
    times: dict[Any, Any] = {jobs.c.created_at: now_s()}
    for name in relative_times:
        column, start = starts[name]
        times[column] = start + bindparam(name, type_=Double())
    return insert(jobs).values(times).returning(*jobs.c)


def poll_time_s() -> ColumnElement[float]:
    """Return the time of the poll clock."""
    time_s = select(poll_clock.c.time_s).where(poll_clock.c.id == POLL_CLOCK_ID)
    return func.coalesce(time_s.scalar_subquery(), 0.0)


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


def find_submitted(connection: Connection, tenant: str, requested: Idempotency) -> Job | None:
    """Return the job that the same request made before. Raises like `insert_job`."""
    row = connection.execute(_select_key(tenant, requested)).one_or_none()
    return None if row is None else _existing(connection, row, requested)


def _select_key(tenant: str, requested: Idempotency) -> Select[Any]:
    return select(idempotency).where(
        idempotency.c.tenant == tenant, idempotency.c.key == requested.key
    )


def _existing(connection: Connection, row: Row[Any], requested: Idempotency) -> Job:
    if row.fingerprint != requested.fingerprint:
        raise IdempotencyConflict(
            f"the idempotency key {requested.key!r} was used for a different request (job "
            f"{row.job_id}); send a new key with a new request"
        )
    return load_job(connection, row.job_id, tenant=row.tenant)

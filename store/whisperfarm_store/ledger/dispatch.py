"""Giving queued jobs to the broker, in the order we want and no more than is useful."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select, true, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions.statement import in_state, is_available

_QUEUED = in_state(JobState.QUEUED)


def list_dispatchable(connection: Connection, limit: int, *, preset: str | None) -> list[Job]:
    """Available jobs that no worker has been told of, oldest first."""
    query = select(jobs).where(
        _QUEUED, jobs.c.dispatched_at.is_(None), is_available(), _in_preset(preset)
    )
    oldest = query.order_by(jobs.c.created_at, jobs.c.id).limit(limit)
    return [job_of(row) for row in connection.execute(oldest)]


def mark_dispatched(connection: Connection, job_ids: Sequence[str]) -> set[str]:
    """Mark those that are not in the broker. Of two who mark the same job, one gets it."""
    statement = update(jobs).where(
        jobs.c.id.in_(job_ids), _QUEUED, jobs.c.dispatched_at.is_(None), is_available()
    )
    marking = statement.values(dispatched_at=now_s(), dispatch_count=jobs.c.dispatch_count + 1)
    return set(connection.scalars(marking.returning(jobs.c.id)))


def unmark_dispatched(connection: Connection, job_ids: Sequence[str]) -> None:
    """The broker did not take these after all."""
    out = update(jobs).where(jobs.c.id.in_(job_ids), _QUEUED, jobs.c.dispatched_at.is_not(None))
    connection.execute(out.values(dispatched_at=None, dispatch_count=jobs.c.dispatch_count - 1))


def count_dispatched(connection: Connection, *, preset: str | None) -> int:
    """How many jobs wait in the broker."""
    query = select(func.count()).select_from(jobs)
    waiting = query.where(_QUEUED, jobs.c.dispatched_at.is_not(None), _in_preset(preset))
    return connection.scalar(waiting) or 0


def _in_preset(preset: str | None) -> ColumnElement[bool]:
    """Of that preset; `None`: of any."""
    return true() if preset is None else jobs.c.preset == preset

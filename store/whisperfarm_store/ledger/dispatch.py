"""Selects the queued jobs to dispatch, and records which are in the broker."""

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
    """Return available queued jobs that are not in the broker, oldest first."""
    query = select(jobs).where(
        _QUEUED, jobs.c.dispatched_at.is_(None), is_available(), _in_preset(preset)
    )
    oldest = query.order_by(jobs.c.created_at, jobs.c.id).limit(limit)
    return [job_of(row) for row in connection.execute(oldest)]


def mark_dispatched(connection: Connection, job_ids: Sequence[str]) -> set[str]:
    """Mark the jobs that are not in the broker, and return their ids.

    Of several concurrent calls, only one returns a job.
    """
    statement = update(jobs).where(
        jobs.c.id.in_(job_ids), _QUEUED, jobs.c.dispatched_at.is_(None), is_available()
    )
    marked = statement.values(dispatched_at=now_s(), dispatch_count=jobs.c.dispatch_count + 1)
    return set(connection.scalars(marked.returning(jobs.c.id)))


def unmark_dispatched(connection: Connection, job_ids: Sequence[str]) -> None:
    """Undo `mark_dispatched` for jobs that could not be published."""
    marked = update(jobs).where(jobs.c.id.in_(job_ids), _QUEUED, jobs.c.dispatched_at.is_not(None))
    connection.execute(marked.values(dispatched_at=None, dispatch_count=jobs.c.dispatch_count - 1))


def count_dispatched(connection: Connection, *, preset: str | None) -> int:
    """Return the number of queued jobs in the broker."""
    query = select(func.count()).select_from(jobs)
    waiting = query.where(_QUEUED, jobs.c.dispatched_at.is_not(None), _in_preset(preset))
    return connection.scalar(waiting) or 0


def _in_preset(preset: str | None) -> ColumnElement[bool]:
    return true() if preset is None else jobs.c.preset == preset

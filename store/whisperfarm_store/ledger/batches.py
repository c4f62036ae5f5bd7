"""Batches: jobs that their caller counts and cancels together.

A batch has no row: it is the jobs with its id, so that it cannot disagree with them, and retention
needs no rule for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, literal, select, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import BatchNotFound
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.job_filter import JobFilter
from whisperfarm_store.ledger.transitions.cancel import cancel
from whisperfarm_store.ledger.transitions.statement import is_unfinished

MAX_CANCELLED = 100
"""Maximum number of jobs that one transaction cancels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The jobs of a batch that the ledger still has.

    `jobs` has their number in each state. `audio_s` is the total of their audio lengths that are
    known, and `transcribed_s` that of the jobs that succeeded. `created_at` is the submission of
    the first, `changed_at` when one was last submitted, started or ended.
    """

    id: str
    jobs: Mapping[JobState, int]
    audio_s: float
    transcribed_s: float
    created_at: float
    changed_at: float

    @property
    def is_finished(self) -> bool:
        """Whether all jobs of the batch have ended."""
        return not any(count for state, count in self.jobs.items() if not state.is_final)


class Batches:
    """Batches by the id that their caller chose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, batch_id: str, *, tenant: str) -> Batch:
        """Return the tenant's batch. Raises `BatchNotFound` if no job has this id."""
        with self._database.read() as connection:
            rows = _states(connection, batch_id, tenant)
        if not rows:
            raise BatchNotFound(f"there is no job of a batch {batch_id!r}")
        return _batch_of(batch_id, rows)

    def cancel_some(self, batch_id: str, *, tenant: str, limit: int = MAX_CANCELLED) -> list[Job]:
        """Cancel up to `limit` unfinished jobs of the batch, and return them.

        Skips jobs that another transaction is changing; if it finds no others, it waits for one.
        `Batch.is_finished` says whether any are left.
        """
        with self._database.write() as connection:
            query = select(jobs).where(*_of_batch(connection, batch_id, tenant), is_unfinished())
            unlocked = query.limit(limit).with_for_update(skip_locked=True)
            # A transaction that waits for a lock while it holds others may end in a deadlock.
            rows = (
                connection.execute(unlocked).all()
                or connection.execute(query.limit(1).with_for_update()).all()
            )
            return [cancel(connection, job_of(row)) for row in rows]

    def list(self, tenant: str, *, limit: int, before: str | None = None) -> list[Batch]:
        """Return a page of the tenant's batches, those with the newest jobs first.

        It starts after the batch `before`; if that has no jobs any more, it is empty.
        """
        newest_at = func.max(jobs.c.created_at)
        of_tenant = (jobs.c.tenant == tenant, jobs.c.batch.is_not(None))
        query = select(jobs.c.batch).where(*of_tenant).group_by(jobs.c.batch)
        with self._database.read() as connection:
            if before is not None:
                last = select(newest_at).where(*_of_batch(connection, before, tenant))
                place = tuple_(last.scalar_subquery(), literal(before.replace("\0", "")))
                query = query.having(tuple_(newest_at, jobs.c.batch) < place)
            page = query.order_by(newest_at.desc(), jobs.c.batch.desc()).limit(limit)
            ids = connection.scalars(page).all()
            return [_batch_of(one, _states(connection, one, tenant)) for one in ids]


def _states(connection: Connection, batch_id: str, tenant: str) -> list[Row[Any]]:
    """Return the number of jobs in each state, their audio and times."""
    query = select(
        jobs.c.state,
        func.count().label("jobs"),
        func.coalesce(func.sum(jobs.c.audio_s), 0.0).label("audio_s"),
        func.min(jobs.c.created_at).label("created_at"),
        func.max(jobs.c.created_at).label("submitted_at"),
        func.max(jobs.c.started_at).label("started_at"),
        func.max(jobs.c.finished_at).label("ended_at"),
    ).where(*_of_batch(connection, batch_id, tenant))
    return list(connection.execute(query.group_by(jobs.c.state)))


def _of_batch(connection: Connection, batch_id: str, tenant: str) -> Iterator[ColumnElement[bool]]:
    return JobFilter(batch=batch_id).conditions(connection, tenant)


def _batch_of(batch_id: str, rows: list[Row[Any]]) -> Batch:
    counts = {JobState(row.state): row.jobs for row in rows}
    audio_s = {JobState(row.state): row.audio_s for row in rows}
    times = (time for row in rows for time in (row.submitted_at, row.started_at, row.ended_at))
    return Batch(
        id=batch_id,
        jobs={state: counts.get(state, 0) for state in JobState},
        audio_s=sum(audio_s.values()),
        transcribed_s=audio_s.get(JobState.SUCCEEDED, 0.0),
        created_at=min(row.created_at for row in rows),
        changed_at=max(time for time in times if time is not None),
    )

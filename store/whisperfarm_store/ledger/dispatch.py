"""Dispatch of queued jobs to the broker, and recovery of jobs that are stuck."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane
from whisperfarm_store.ledger.available import (
    DISPATCHABLE,
    AvailableJob,
    in_preset,
    oldest_of_lane,
    urgent,
)
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.in_flight import DISPATCHED, InFlightJob, list_in_flight
from whisperfarm_store.ledger.transitions import rescue

MAX_BACKOFF_DOUBLINGS = 7
MAX_IDLE_BACKOFF_DOUBLINGS = 1
"""How many times the delay before a redispatch doubles. With 30 s at first, it grows to about an
hour, or to a minute if workers are idle: then the message must have been lost."""


class Dispatch:
    """Jobs to dispatch, dispatched jobs that wait for a claim, and the rescue of stuck jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_available(self, limit: int, *, preset: str | None = None) -> list[AvailableJob]:
        """Return available queued jobs that are neither in the broker nor paused.

        Returns the `limit` oldest of each tenant in each lane: those of the highest lane first, and
        the oldest of a lane first.
        """
        with self._database.read() as connection:
            return [
                job
                for lane in Lane
                for job in oldest_of_lane(connection, lane, limit=limit, preset=preset)
            ]

    def list_urgent(self, limit: int, *, preset: str, within_s: float) -> list[AvailableJob]:
        """Return available jobs whose deadline is in the next `within_s` seconds.

        Returns the `limit` whose deadlines are next.
        """
        with self._database.read() as connection:
            return urgent(connection, limit, preset=preset, within_s=within_s)

    def list_in_flight(self) -> list[InFlightJob]:
        """Return all jobs that are dispatched or running."""
        with self._database.read() as connection:
            return list_in_flight(connection)

    def mark(self, job_ids: Sequence[str]) -> set[str]:
        """Mark jobs as dispatched. Returns those that were not dispatched before.

        Publish only these: another dispatcher publishes the others.
        """
        statement = update(jobs).where(jobs.c.id.in_(job_ids), *DISPATCHABLE)
        marked = statement.values(dispatched_at=now_s(), dispatch_count=jobs.c.dispatch_count + 1)
        with self._database.write_one() as connection:
            return set(connection.scalars(marked.returning(jobs.c.id)))

    def unmark(self, job_ids: Sequence[str]) -> None:
        """Undo `mark` for jobs that could not be published."""
        marked = update(jobs).where(jobs.c.id.in_(job_ids), *DISPATCHED)
        statement = marked.values(dispatched_at=None, dispatch_count=jobs.c.dispatch_count - 1)
        with self._database.write() as connection:
            connection.execute(statement)

    def count_unclaimed(self, *, preset: str | None = None) -> int:
        """Return the number of jobs that are dispatched and not yet claimed."""
        query = select(func.count()).select_from(jobs).where(*DISPATCHED, in_preset(preset))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def rescue(
        self,
        *,
        redispatch_after_s: float,
        idle: Collection[str] = (),
        max_worker_deaths: int = 3,
        spare_leases: bool = False,
        lease_s: float | None = None,
    ) -> list[Job]:
        """Recover stuck jobs. Returns them in their new state.

        - Jobs whose deadline passed fail.
        - Jobs whose lease expired are retried. After `max_worker_deaths` worker deaths they are
          quarantined. With `spare_leases`, they are left alone.
        - Dispatched jobs that were not claimed for `redispatch_after_s` seconds are available for
          dispatch again. The time doubles with each dispatch of a job, but only once for the `idle`
          presets: their workers have nothing to do, so the message was lost.

        With `lease_s`, leases that end further ahead are shortened to `lease_s` seconds: the clock
        was set back since they were renewed.
        """
        with self._database.write() as connection:
            if lease_s is not None:
                rescue.correct_future_times(connection, lease_s)
            return [
                *rescue.fail_exceeded(connection),
                *([] if spare_leases else rescue.recover_lost(connection, max_worker_deaths)),
                *_redispatch(connection, redispatch_after_s, idle),
            ]


def _redispatch(connection: Connection, after_s: float, idle: Collection[str]) -> list[Job]:
    query = select(jobs.c.id).where(
        *DISPATCHED,
        jobs.c.dispatched_at < now_s() - after_s,
        jobs.c.dispatched_at < now_s() - after_s * _backoff(idle),
    )
    oldest = (
        query.order_by(jobs.c.dispatched_at)
        .limit(rescue.BATCH_SIZE)
        .with_for_update(skip_locked=True)
    )
    statement = update(jobs).where(jobs.c.id.in_(connection.scalars(oldest).all()), *DISPATCHED)
    rows = connection.execute(statement.values(dispatched_at=None).returning(*jobs.c))
    return [job_of(row) for row in rows]


def _backoff(idle: Collection[str]) -> ColumnElement[float]:
    """Return the factor of the redispatch delay, by the number of times a job was dispatched."""
    default = _exponential(MAX_BACKOFF_DOUBLINGS)
    return (
        case((jobs.c.preset.in_(idle), _exponential(MAX_IDLE_BACKOFF_DOUBLINGS)), else_=default)
        if idle
        else default
    )


def _exponential(doublings: int) -> ColumnElement[float]:
    return case(
        *((jobs.c.dispatch_count <= count + 1, 2.0**count) for count in range(doublings)),
        else_=2.0**doublings,
    )

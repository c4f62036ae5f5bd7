"""Cancels jobs whose caller no longer asks for them.

A job with `cancel_unless_polled_s` is due at a time of the poll clock, which only advances while a
dispatcher runs and the ledger is available: a caller cannot ask for a job in an outage.
"""

from sqlalchemy import ColumnElement, Connection, case, select, update

from whisperfarm_contract.job import Job
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs, poll_clock
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.transitions.cancel import cancel_unpolled
from whisperfarm_store.ledger.transitions.statement import is_unfinished
from whisperfarm_store.ledger.transitions.submit import POLL_CLOCK_ID, poll_time_s

MAX_CANCELLED = 100
"""Maximum number of jobs that one call cancels."""

UNRECORDED_FRACTION = 0.25
"""A poll is not recorded if the last one was less than this fraction of the limit ago."""


class Polls:
    """Polls of jobs, and the jobs that have had none for too long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, job: Job) -> None:
        """Record that the caller has asked for the job. Writes at most four times in its limit."""
        limit_s = job.policy.cancel_unless_polled_s
        if limit_s is None or job.state.is_final:
            return
        is_outdated = (
            jobs.c.id == job.id,
            is_unfinished(),
            jobs.c.poll_due_s < poll_time_s() + (1 - UNRECORDED_FRACTION) * limit_s,
        )
        with self._database.read() as connection:
            if connection.scalar(select(jobs.c.id).where(*is_outdated)) is None:
                return
        polled = update(jobs).where(*is_outdated).values(poll_due_s=poll_time_s() + limit_s)
        with self._database.write() as connection:
            connection.execute(polled)

    def cancel_unpolled(self, *, max_step_s: float) -> list[Job]:
        """Advance the poll clock, then cancel jobs that are due, in a second transaction.

        Returns up to `MAX_CANCELLED`. The clock advances by the time since the last call of any
        dispatcher, at most by `max_step_s`: no dispatcher was alive in the rest.
        """
        with self._database.write() as connection:
            _advance(connection, max_step_s)
        with self._database.write() as connection:
            due = select(jobs).where(
                jobs.c.poll_due_s.is_not(None), is_unfinished(), jobs.c.poll_due_s < poll_time_s()
            )
            oldest = due.order_by(jobs.c.poll_due_s).limit(MAX_CANCELLED)
            rows = connection.execute(oldest.with_for_update(skip_locked=True)).all()
            return [cancel_unpolled(connection, job_of(row)) for row in rows]


def _advance(connection: Connection, max_step_s: float) -> None:
    statement = upsert(connection, poll_clock).values(
        id=POLL_CLOCK_ID, time_s=0.0, advanced_at=now_s()
    )
    advanced = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "time_s": poll_clock.c.time_s + _step_s(max_step_s),
            "advanced_at": now_s(),
        },
    )
    connection.execute(advanced)


def _step_s(max_step_s: float) -> ColumnElement[float]:
    """Return the seconds since the last step; none if the database's clock was set back."""
    since_s = now_s() - poll_clock.c.advanced_at
    return case((since_s < 0, 0.0), (since_s > max_step_s, max_step_s), else_=since_s)

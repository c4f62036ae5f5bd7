"""Recovers stuck jobs: deadline exceeded, lease expired, or dispatched but not claimed."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, case, select, update

from whisperfarm_contract.attempt_decision import Retry, after_worker_lost
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobQuarantined
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.queries import get
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions import attempts
from whisperfarm_store.ledger.transitions.statement import in_state, is_unfinished

_BATCH_SIZE = 100

_LEASE_TOLERANCE = 1.5
"""A lease that ends later than this many lease lengths from now is too long. Clocks that are
adjusted by fractions of a second change nothing."""

MAX_BACKOFF_DOUBLINGS = 7
MAX_IDLE_BACKOFF_DOUBLINGS = 1
"""How many times the delay before a redispatch doubles. With 30 s at first, it grows to about an
hour, or to a minute if workers are idle: then the message must have been lost."""


def rescue(
    connection: Connection,
    *,
    redispatch_after_s: float,
    idle: Collection[str],
    max_worker_deaths: int,
    spare_leases: bool,
    lease_s: float | None,
) -> list[Job]:
    """Recover up to `_BATCH_SIZE` jobs of each kind. Returns these jobs in their new state."""
    if lease_s is not None:
        _correct_future_times(connection, lease_s)
    return [
        *_deadline_exceeded(connection),
        *([] if spare_leases else _lease_expired(connection, max_worker_deaths)),
        *_undelivered(connection, redispatch_after_s, idle),
    ]


def _correct_future_times(connection: Connection, lease_s: float) -> None:
    """Shorten leases that end further ahead than a lease, and dispatches in the future.

    They come from before a step of the database's clock to an earlier time. A live worker renews
    its lease in time; the job of a dead one is rescued after one lease instead of hours.
    """
    running = update(jobs).where(in_state(JobState.RUNNING))
    connection.execute(
        running.where(jobs.c.lease_until > now_s() + _LEASE_TOLERANCE * lease_s).values(
            lease_until=now_s() + lease_s
        )
    )
    dispatched = update(jobs).where(in_state(JobState.QUEUED), jobs.c.dispatched_at.is_not(None))
    connection.execute(
        dispatched.where(jobs.c.dispatched_at > now_s() + lease_s).values(dispatched_at=now_s())
    )


def _deadline_exceeded(connection: Connection) -> list[Job]:
    """Fail jobs whose deadline passed, queued or running: a live worker stops at its next batch."""
    query = select(jobs).where(
        jobs.c.deadline_at.is_not(None), is_unfinished(), jobs.c.deadline_at < now_s()
    )
    rows = query.order_by(jobs.c.deadline_at).limit(_BATCH_SIZE).with_for_update(skip_locked=True)
    return [_fail_on_deadline(connection, job_of(row)) for row in connection.execute(rows).all()]


def _fail_on_deadline(connection: Connection, job: Job) -> Job:
    attempts.fail_on_deadline(connection, job)
    return get(connection, job.id, tenant=None)


def _lease_expired(connection: Connection, max_worker_deaths: int) -> list[Job]:
    query = select(jobs).where(in_state(JobState.RUNNING), jobs.c.lease_until < now_s())
    # Several dispatchers do this at once: each skips rows that another has locked.
    rows = query.order_by(jobs.c.lease_until).limit(_BATCH_SIZE).with_for_update(skip_locked=True)
    return [
        _fail_lost(connection, job_of(row), row.worker, max_worker_deaths)
        for row in connection.execute(rows).all()
    ]


def _fail_lost(connection: Connection, job: Job, worker: str, max_worker_deaths: int) -> Job:
    worker_deaths = job.worker_deaths + 1
    decision = after_worker_lost(worker, job, max_worker_deaths=max_worker_deaths)
    problem = decision.problem
    if isinstance(decision, Retry):
        attempts.queue_again(
            connection,
            job,
            attempt=job.attempt,
            problem=problem,
            counts=True,
            delay_s=decision.delay_s,
            worker_deaths=worker_deaths,
        )
    else:
        quarantined_at = now_s() if isinstance(problem, JobQuarantined) else None
        attempts.fail(
            connection,
            job.id,
            attempt=job.attempt,
            problem=problem,
            worker_deaths=worker_deaths,
            quarantined_at=quarantined_at,
        )
    return get(connection, job.id, tenant=None)


def _undelivered(connection: Connection, after_s: float, idle: Collection[str]) -> list[Job]:
    dispatched = (in_state(JobState.QUEUED), jobs.c.dispatched_at.is_not(None))
    query = select(jobs.c.id).where(
        *dispatched,
        jobs.c.dispatched_at < now_s() - after_s,
        jobs.c.dispatched_at < now_s() - after_s * _backoff(idle),
    )
    oldest = (
        query.order_by(jobs.c.dispatched_at).limit(_BATCH_SIZE).with_for_update(skip_locked=True)
    )
    statement = update(jobs).where(jobs.c.id.in_(connection.scalars(oldest).all()), *dispatched)
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

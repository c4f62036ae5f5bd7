"""Recovers jobs whose deadline passed or whose worker was lost."""

from sqlalchemy import Connection, select, update

from whisperfarm_contract.attempt_decision import Retry, after_worker_lost
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobQuarantined
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.rows import job_of, load_job
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions import attempt_end
from whisperfarm_store.ledger.transitions.statement import in_state, is_unfinished

BATCH_SIZE = 100
"""Maximum number of jobs of each kind in one transaction."""

_LEASE_TOLERANCE = 1.5
"""A lease that ends later than this many lease lengths from now is too long. Clocks that are
adjusted by fractions of a second change nothing."""


def fail_exceeded(connection: Connection) -> list[Job]:
    """Fail jobs whose deadline passed, queued or running: a live worker stops at its next batch."""
    query = select(jobs).where(
        jobs.c.deadline_at.is_not(None), is_unfinished(), jobs.c.deadline_at < now_s()
    )
    rows = query.order_by(jobs.c.deadline_at).limit(BATCH_SIZE).with_for_update(skip_locked=True)
    return [_fail_on_deadline(connection, job_of(row)) for row in connection.execute(rows).all()]


def correct_future_times(connection: Connection, lease_s: float) -> None:
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


def _fail_on_deadline(connection: Connection, job: Job) -> Job:
    attempt_end.fail_on_deadline(connection, job)
    return load_job(connection, job.id)


def recover_lost(connection: Connection, max_worker_deaths: int) -> list[Job]:
    """Retry or quarantine jobs whose lease expired."""
    query = select(jobs).where(in_state(JobState.RUNNING), jobs.c.lease_until < now_s())
    # Several dispatchers do this at once: each skips rows that another has locked.
    rows = query.order_by(jobs.c.lease_until).limit(BATCH_SIZE).with_for_update(skip_locked=True)
    return [
        _fail_lost(connection, job_of(row), row.worker, max_worker_deaths)
        for row in connection.execute(rows).all()
    ]


def _fail_lost(connection: Connection, job: Job, worker: str, max_worker_deaths: int) -> Job:
    worker_deaths = job.worker_deaths + 1
    decision = after_worker_lost(worker, job, max_worker_deaths=max_worker_deaths)
    problem = decision.problem
    if isinstance(decision, Retry):
        attempt_end.requeue(
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
        attempt_end.fail(
            connection,
            job.id,
            attempt=job.attempt,
            problem=problem,
            worker_deaths=worker_deaths,
            quarantined_at=quarantined_at,
        )
    return load_job(connection, job.id)

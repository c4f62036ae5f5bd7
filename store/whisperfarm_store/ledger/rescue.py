"""Moving on what stands still: late jobs, jobs of silent workers, messages that nobody got."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, case, select, update

from whisperfarm_contract.attempt_decision import Retry, after_worker_lost
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobQuarantined
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.queries import get
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions import attempts
from whisperfarm_store.ledger.transitions.statement import in_state, is_live

_AT_ONCE = 100

DOUBLINGS = 7
IDLE_DOUBLINGS = 1
"""How often the wait of an unclaimed job doubles; with 30 s at first, to about an hour, or to a
minute where workers are idle: they have nothing in the broker to choose from."""


def rescue(
    connection: Connection,
    *,
    rerelease_after_s: float,
    idle: Collection[str],
    max_kills: int,
    spare_leases: bool,
) -> list[Job]:
    """Mend up to a hundred of each kind; those that were moved, as they are now."""
    return [
        *_late(connection),
        *([] if spare_leases else _expired(connection, max_kills)),
        *_unclaimed(connection, rerelease_after_s, idle),
    ]


def _late(connection: Connection) -> list[Job]:
    """Jobs whose deadline passed, whoever has them: a worker that is there stops at its next
    batch, and one that is not makes no difference."""
    query = select(jobs).where(
        jobs.c.deadline_at.is_not(None), is_live(), jobs.c.deadline_at < now_s()
    )
    late = query.order_by(jobs.c.deadline_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    return [_expire(connection, job_of(row)) for row in connection.execute(late).all()]


def _expire(connection: Connection, job: Job) -> Job:
    attempts.expire(connection, job)
    return get(connection, job.id, tenant=None)


def _expired(connection: Connection, max_kills: int) -> list[Job]:
    query = select(jobs).where(in_state(State.RUNNING), jobs.c.lease_until < now_s())
    # Several dispatchers do this at once: each takes rows that no other is at.
    late = query.order_by(jobs.c.lease_until).limit(_AT_ONCE).with_for_update(skip_locked=True)
    return [
        _lose(connection, job_of(row), row.worker, max_kills)
        for row in connection.execute(late).all()
    ]


def _lose(connection: Connection, job: Job, worker: str, max_kills: int) -> Job:
    kills = job.kills + 1
    if job.cancel_asked:
        attempts.cancelled(connection, job.id, attempt=job.attempt)
        return get(connection, job.id, tenant=None)
    decision = after_worker_lost(worker, job, max_kills=max_kills)
    problem = decision.problem
    if isinstance(decision, Retry):
        attempts.queue_again(
            connection,
            job,
            attempt=job.attempt,
            problem=problem,
            counts=True,
            delay_s=decision.delay_s,
            kills=kills,
        )
    else:
        kept_since = now_s() if isinstance(problem, JobQuarantined) else None
        attempts.fail(
            connection,
            job.id,
            attempt=job.attempt,
            problem=problem,
            kills=kills,
            quarantined_at=kept_since,
        )
    return get(connection, job.id, tenant=None)


def _unclaimed(connection: Connection, after_s: float, idle: Collection[str]) -> list[Job]:
    waiting = (in_state(State.QUEUED), jobs.c.released_at.is_not(None))
    query = select(jobs.c.id).where(
        *waiting,
        jobs.c.released_at < now_s() - after_s,
        jobs.c.released_at < now_s() - after_s * _patience(idle),
    )
    oldest = query.order_by(jobs.c.released_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    taking = update(jobs).where(jobs.c.id.in_(connection.scalars(oldest).all()), *waiting)
    rows = connection.execute(taking.values(released_at=None).returning(*jobs.c))
    return [job_of(row) for row in rows]


def _patience(idle: Collection[str]) -> ColumnElement[float]:
    """How many times longer than at first a job waits that was released so often."""
    usual = _doubled(DOUBLINGS)
    return case((jobs.c.preset.in_(idle), _doubled(IDLE_DOUBLINGS)), else_=usual) if idle else usual


def _doubled(most: int) -> ColumnElement[float]:
    return case(
        *((jobs.c.releases <= times + 1, 2.0**times) for times in range(most)), else_=2.0**most
    )

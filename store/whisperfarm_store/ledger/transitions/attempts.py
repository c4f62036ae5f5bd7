"""One attempt at a job, from the claim to its end. `attempt` is the fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, not_, select, update

from whisperfarm_contract.attempt_decision import deadline_exceeded
from whisperfarm_contract.job import SUSPECT_FROM_KILLS, Job, Progress
from whisperfarm_contract.problems import FarmFault, JobCancelled, Problem
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import queries
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions import finish
from whisperfarm_store.ledger.transitions.statement import in_state, is_available, is_late, move

_ASKED = (jobs.c.cancel_asked, is_late().label("late"))


class LeaseLost(FarmFault):
    """The job is not this worker's any more; what it did in this attempt counts for nothing."""

    name = "lease-lost"


@dataclass(frozen=True, slots=True)
class Pulse:
    """The ledger's answer to a worker: is the job still mine, is it to be cancelled, is it late?"""

    held: bool
    cancel: bool
    late: bool = False


GONE = Pulse(held=False, cancel=False)


def claim(
    connection: Connection, job_id: str, *, worker: str, lease_s: float, trusted: bool
) -> Job | None:
    """Take a queued job that is available and not late yet: of all who try at once, one gets it.

    `trusted`: only if it is no suspect.
    """
    taking = move(
        job_id,
        State.QUEUED,
        State.RUNNING,
        attempt=jobs.c.attempt + 1,
        worker=worker,
        lease_until=now_s() + lease_s,
        started_at=now_s(),
    )
    fit = [
        is_available(),
        not_(is_late()),
        *([jobs.c.kills < SUSPECT_FROM_KILLS] if trusted else []),
    ]
    row = connection.execute(taking.where(*fit).returning(*jobs.c)).one_or_none()
    return None if row is None else job_of(row)


def beat(
    connection: Connection,
    job_id: str,
    *,
    attempt: int,
    lease_s: float,
    progress: Progress | None,
    audio_s: float | None,
) -> Pulse:
    """Prolong the lease, and note what is known by now."""
    news: dict[str, Any] = {"lease_until": now_s() + lease_s}
    if progress is not None:
        news |= {"stage": progress.stage, "stage_done": progress.done}
    if audio_s is not None:
        news["audio_s"] = audio_s
    beating = update(jobs).where(
        jobs.c.id == job_id, in_state(State.RUNNING), jobs.c.attempt == attempt
    )
    row = connection.execute(beating.values(**news).returning(*_ASKED)).one_or_none()
    return GONE if row is None else _pulse(row)


def pulses(connection: Connection, attempts: Mapping[str, int]) -> dict[str, Pulse]:
    """The pulse of each of these attempts, by the job's id; one question for all."""
    query = select(jobs.c.id, jobs.c.attempt, *_ASKED).where(
        jobs.c.id.in_(attempts), in_state(State.RUNNING)
    )
    rows = {row.id: row for row in connection.execute(query)}
    return {
        job_id: _pulse(rows[job_id]) if job_id in rows and rows[job_id].attempt == attempt else GONE
        for job_id, attempt in attempts.items()
    }


def _pulse(row: Row[Any]) -> Pulse:
    return Pulse(held=True, cancel=row.cancel_asked, late=bool(row.late))


def succeed(
    connection: Connection, job_id: str, *, attempt: int, result_key: str, audio_s: float
) -> None:
    """The transcript is in the blob store, under `result_key`."""
    _end(
        connection,
        job_id,
        attempt=attempt,
        to=State.SUCCEEDED,
        result_key=result_key,
        audio_s=audio_s,
        problem=None,
    )


def fail(
    connection: Connection, job_id: str, *, attempt: int, problem: Problem, **noted: Any
) -> None:
    """The job can not be done; nobody tries again. `noted` are other columns of it."""
    _end(
        connection,
        job_id,
        attempt=attempt,
        to=State.FAILED,
        problem=problem.to_wire(),
        failures=jobs.c.failures + 1,
        **noted,
    )


def cancelled(connection: Connection, job_id: str, *, attempt: int) -> None:
    """The worker stopped because it was asked to."""
    problem = JobCancelled().to_wire()
    _end(connection, job_id, attempt=attempt, to=State.CANCELLED, problem=problem)


def requeue(
    connection: Connection,
    job_id: str,
    *,
    attempt: int,
    problem: Problem | None,
    counts: bool,
    delay_s: float,
) -> None:
    """Queue the job again. `counts`: the attempt is a failure of the job."""
    job = queries.get(connection, job_id, tenant=None, lock=True)
    if job.cancel_asked:
        return cancelled(connection, job_id, attempt=attempt)
    queue_again(connection, job, attempt=attempt, problem=problem, counts=counts, delay_s=delay_s)


def queue_again(
    connection: Connection,
    job: Job,
    *,
    attempt: int,
    problem: Problem | None,
    counts: bool,
    delay_s: float,
    **noted: Any,
) -> None:
    """Move a running job to queued. Without a `problem`, that of an earlier attempt stays; `noted`
    are other columns of it."""
    if problem is not None:
        noted["problem"] = problem.to_wire()
    if counts:
        noted["failures"] = job.failures + 1
    if delay_s > 0:
        noted["available_at"] = now_s() + delay_s
    _end(connection, job.id, attempt=attempt, to=State.QUEUED, **noted)


def expire(connection: Connection, job: Job) -> None:
    """End a job that is late, queued or running."""
    to: State = State.FAILED
    problem: Problem = deadline_exceeded(job)
    if job.cancel_asked:
        to, problem = State.CANCELLED, JobCancelled()
    finish.end(connection, job.id, job.state, to, attempt=job.attempt, problem=problem.to_wire())


def _end(connection: Connection, job_id: str, *, attempt: int, to: State, **values: Any) -> None:
    if not _over(connection, job_id, attempt=attempt, to=to, **values):
        raise LeaseLost(f"attempt {attempt} at job {job_id} is over; it has no say any more")


def _over(connection: Connection, job_id: str, *, attempt: int, to: State, **values: Any) -> bool:
    """Whether the attempt was still the job's to end."""
    if to.is_final:
        ended = finish.end(connection, job_id, State.RUNNING, to, attempt=attempt, **values)
        return ended is not None
    back = move(job_id, State.RUNNING, to, **values).where(jobs.c.attempt == attempt)
    return bool(connection.execute(back).rowcount == 1)

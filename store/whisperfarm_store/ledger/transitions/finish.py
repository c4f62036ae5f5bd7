"""Moves jobs into final states.

The callbacks are inserted in the same transaction, and so is the entry of the chain of custody: a
finished job never lacks them.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam
from sqlalchemy.sql.dml import ReturningUpdate

from whisperfarm_contract import job_events
from whisperfarm_contract.custody.kinds import Kind
from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.ledger.custody import append_entry, bodies, is_kept
from whisperfarm_store.ledger.db.database import after_commit
from whisperfarm_store.ledger.db.rows import job_of
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.event_callbacks import (
    JobEvent,
    insert_callbacks,
    receivers_of,
)
from whisperfarm_store.ledger.transitions.originals import destroy_original
from whisperfarm_store.ledger.transitions.own_days import limit_days
from whisperfarm_store.ledger.transitions.statement import transition


def finish_job(
    connection: Connection,
    job_id: str,
    current: JobState,
    to: JobState,
    *,
    attempt: int | None = None,
    warnings: Sequence[str] = (),
    result_sha256: str | None = None,
    **values: Any,
) -> Job | None:
    """Move a job from `current` into a final state. Returns the job in its new state.

    Returns `None` if the job is not in `current`, or not at `attempt` if that is given. `warnings`
    are those of the transcript, which callbacks contain, and `result_sha256` is its digest, for the
    chain of custody. `values` are other columns of the job.
    """
    if not to.is_final:
        raise ValueError(f"{to} is not a final state")
    expressions = {
        name: value for name, value in values.items() if isinstance(value, ColumnElement)
    }
    parameters = {name: value for name, value in values.items() if name not in expressions}
    statement = _statement(current, to, of_attempt=attempt is not None)
    if expressions:
        statement = statement.values(**expressions)
    key = {"finished_id": job_id, "finished_attempt": attempt}
    row = connection.execute(statement, {**parameters, **key}).one_or_none()
    if row is None:
        return None
    job = job_of(row)
    limit_days(connection, job)
    destroy_original(connection, job)
    _insert_callbacks(connection, job, warnings)
    if is_kept(connection):
        append_entry(connection, job.id, Kind(to.value), bodies.ended(job, result_sha256))
    after_commit(connection, partial(_log_finished, job))
    return job


@cache
def _statement(current: JobState, to: JobState, *, of_attempt: bool) -> ReturningUpdate[Any]:
    statement = transition(bindparam("finished_id"), current, to)
    if of_attempt:
        statement = statement.where(jobs.c.attempt == bindparam("finished_attempt"))
    return statement.returning(*jobs.c)


def _log_finished(job: Job) -> None:
    events.job.ended.log(
        job=job.id,
        tenant=job.tenant,
        preset=job.preset,
        state=job.state.value,
        attempt=job.attempt,
        problem=(job.problem or {}).get("name"),
        after_s=round((job.finished_at or job.created_at) - job.created_at, 3),
    )


def _insert_callbacks(connection: Connection, job: Job, warnings: Sequence[str]) -> None:
    receivers = receivers_of(job)
    if receivers:
        event = JobEvent(
            type=job_events.event_type(job),
            body=job_events.payload(job, warnings),
            at=job.finished_at,
        )
        insert_callbacks(connection, job, receivers, event)

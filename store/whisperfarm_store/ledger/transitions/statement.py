"""The statements that move a job: each holds only where the job still stands as was thought."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    TextClause,
    Update,
    false,
    func,
    literal,
    text,
    update,
)

from whisperfarm_contract.states import JobState, can_transition
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs


def in_state(state: JobState) -> ColumnElement[bool]:
    """`state = '<state>'`, spelled out, so that the partial indexes are used."""
    return jobs.c.state == literal(state.value, literal_execute=True)


def is_unfinished() -> TextClause:
    """Queued or running, spelled as in the partial indexes, so that they are used."""
    return text("jobs.state IN ('queued', 'running')")


def deadline_exceeded() -> ColumnElement[bool]:
    """Whether the job's deadline has passed."""
    return func.coalesce(jobs.c.deadline_at < now_s(), false())


def is_available() -> ColumnElement[bool]:
    """Whether a queued job may be dispatched and claimed now."""
    return func.coalesce(jobs.c.available_at, 0.0) <= now_s()


def transition(job_id: str, current: JobState, target: JobState, **values: Any) -> Update:
    """Move a job from one state to another, if it is in the first.

    Raises `ValueError` for a move that the table of states does not have.
    """
    if not can_transition(current, target):
        raise ValueError(f"a job never moves from {current} to {target}")
    changes = {**_on_exit(current), **_on_enter(target), **values}
    return (
        update(jobs)
        .where(jobs.c.id == job_id, in_state(current))
        .values(state=target.value, **changes)
    )


def _on_exit(state: JobState) -> dict[str, Any]:
    if state is JobState.QUEUED:
        return {"available_at": None}
    if state is JobState.RUNNING:
        return {"lease_until": None, "worker": None, "stage": None, "stage_fraction": None}
    return {}


def _on_enter(state: JobState) -> dict[str, Any]:
    if state.is_final:
        return {"finished_at": now_s()}
    if state is JobState.QUEUED:
        return {"dispatched_at": None, "dispatch_count": 0}
    return {}

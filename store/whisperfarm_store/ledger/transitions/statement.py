"""Builds conditional updates that move a job only if it is still in the expected state."""

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
    """Return `state = '<state>'` with a literal, so that the partial indexes are used."""
    return jobs.c.state == literal(state.value, literal_execute=True)


def is_unfinished() -> TextClause:
    """Return the condition of the partial indexes verbatim, so that they are used."""
    return text("jobs.state IN ('queued', 'running')")


def deadline_exceeded() -> ColumnElement[bool]:
    """Return the condition that the job's deadline has passed."""
    return func.coalesce(jobs.c.deadline_at < now_s(), false())


def is_available() -> ColumnElement[bool]:
    """Return the condition that a queued job may be dispatched and claimed now."""
    return func.coalesce(jobs.c.available_at, 0.0) <= now_s()


def transition(
    job_id: str | ColumnElement[str], current: JobState, target: JobState, **values: Any
) -> Update:
    """Return the update that moves a job from `current` to `target`. `values` are other columns.

    To build it takes longer than to execute it: statements of each job are built once, with
    `bindparam`.

    Raises `ValueError` if `TRANSITIONS` does not allow it.
    """
    if not can_transition(current, target):
        raise ValueError(f"a job cannot move from {current} to {target}")
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

"""Jobs that are in the broker, and jobs that run."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, null, select

from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.statement import in_state
from whisperfarm_store.ledger.workload import known_or_estimated_s

DISPATCHED = (in_state(JobState.QUEUED), jobs.c.dispatched_at.is_not(None))
"""The conditions that a job is dispatched and not yet claimed."""

_COLUMNS = (*(jobs.c.preset, jobs.c.lane, jobs.c.worker), jobs.c.audio_s, jobs.c.audio_bytes)
_RUNNING = select(*_COLUMNS, (now_s() - jobs.c.started_at).label("running_s")).where(
    in_state(JobState.RUNNING), jobs.c.lease_until.is_not(None)
)
_UNCLAIMED = select(*_COLUMNS, null().label("running_s")).where(*DISPATCHED)
_OLDEST_UNCLAIMED = _UNCLAIMED.order_by(jobs.c.dispatched_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlightJob:
    """A job that is dispatched, or that `worker` has run for `running_s` seconds.

    `audio_s` is estimated if it is not known.
    """

    preset: str
    lane: Lane
    audio_s: float
    worker: str | None = None
    running_s: float | None = None


def list_in_flight(connection: Connection) -> list[InFlightJob]:
    """Return the running jobs, then the dispatched ones, oldest first."""
    return [
        _job_of(row) for query in (_RUNNING, _OLDEST_UNCLAIMED) for row in connection.execute(query)
    ]


def _job_of(row: Row[Any]) -> InFlightJob:
    return InFlightJob(
        preset=row.preset,
        lane=Lane(row.lane),
        audio_s=known_or_estimated_s(row.audio_s, row.audio_bytes),
        worker=row.worker,
        running_s=row.running_s,
    )

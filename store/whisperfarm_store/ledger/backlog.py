"""Unfinished work and throughput, from aggregate queries."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    select,
    text,
)

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.jobs_ahead import JobsAhead, jobs_ahead
from whisperfarm_store.ledger.transitions.statement import in_state
from whisperfarm_store.ledger.workload import ESTIMATED_BYTES_PER_S, MAX_ESTIMATE_S, Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoad:
    """Work of one tenant with one preset in one lane, in one state."""

    tenant: str
    preset: str
    state: JobState
    lane: Lane = Lane.STANDARD
    load: Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Work finished for one tenant with one preset, within `window_s` seconds.

    `busy_s` are the seconds for which these jobs ran, added up.
    """

    tenant: str
    preset: str
    load: Workload
    window_s: float
    busy_s: float = 0.0


_GROUP = (jobs.c.tenant, jobs.c.preset, jobs.c.state, jobs.c.lane)
_UNFINISHED = text("state IN ('queued', 'running')")
"""Literal text as in the partial index, or the planner would not use it."""


class Backlog:
    """Unfinished work, and the speed at which it is done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def group_loads(self) -> list[GroupLoad]:
        """Return the unfinished work by tenant, preset, state and lane."""
        query = select(*_GROUP, *_workload_columns()).where(_UNFINISHED).group_by(*_GROUP)
        with self._database.read() as connection:
            estimated_s = _estimated_s(connection)
            return [
                GroupLoad(
                    tenant=row.tenant,
                    preset=row.preset,
                    state=JobState(row.state),
                    lane=Lane(row.lane),
                    load=replace(
                        Workload(jobs=row.jobs, audio_s=row.audio_s),
                        estimated_s=estimated_s.get(tuple(row[: len(_GROUP)]), 0.0),
                    ),
                )
                for row in connection.execute(query)
            ]

    def throughput(self, *, within_s: float) -> list[Throughput]:
        """Return the work finished in the last `within_s` seconds, by tenant and preset."""
        with self._database.read() as connection:
            return [
                Throughput(
                    tenant=row.tenant,
                    preset=row.preset,
                    load=Workload(jobs=row.jobs, audio_s=row.audio_s),
                    window_s=min(max(row.age_s, 1.0), within_s),
                    busy_s=row.busy_s,
                )
                for row in connection.execute(_select_finished(within_s))
            ]

    def oldest_queued_s(self) -> dict[tuple[str, Lane], float]:
        """Return the age of the oldest queued job by preset and lane, in seconds.

        Lanes without queued jobs are missing.
        """
        oldest: dict[tuple[str, Lane], float] = {}
        with self._database.read() as connection:
            for query in _OLDEST:
                for preset, lane, waited_s in connection.execute(query):
                    group = (preset, Lane(lane))
                    oldest[group] = max(oldest.get(group, 0.0), waited_s)
        return oldest

    def jobs_ahead(self, job: Job, *, limit: int = 10_000) -> JobsAhead:
        """Return the work of the same preset that certainly starts before this queued job.

        Jobs that wait for their `available_at` are not counted: they do not start before it. At
        most `limit` older jobs are counted.
        """
        with self._database.read() as connection:
            return jobs_ahead(connection, job, limit=limit)


def _estimated_s(connection: Connection) -> dict[tuple[str, ...], float]:
    """Estimate the audio of unfinished jobs of unknown length. This is a separate query, because
    the index covers the rest."""
    limit = ESTIMATED_BYTES_PER_S * MAX_ESTIMATE_S
    counted = case((jobs.c.audio_bytes > limit, limit), else_=jobs.c.audio_bytes)
    query = select(*_GROUP, func.sum(counted)).where(_UNFINISHED, jobs.c.audio_s.is_(None))
    return {
        tuple(group): float(size_bytes) / ESTIMATED_BYTES_PER_S
        for *group, size_bytes in connection.execute(query.group_by(*_GROUP))
    }


def _select_finished(within_s: float) -> Select[Any]:
    """Return the query for the work finished in this period. `age_s`: since its first start."""
    group = (jobs.c.tenant, jobs.c.preset)
    age_s = now_s() - func.min(jobs.c.started_at)
    busy_s = func.sum(jobs.c.finished_at - jobs.c.started_at)
    return (
        select(*group, *_workload_columns(), age_s.label("age_s"), busy_s.label("busy_s"))
        .where(
            jobs.c.finished_at > now_s() - within_s,
            jobs.c.result_deleted_at.is_(None),
            jobs.c.started_at.is_not(None),
            jobs.c.state.in_([JobState.SUCCEEDED.value, JobState.FAILED.value]),
        )
        .group_by(*group)
    )


def _oldest_queries() -> tuple[Select[Any], Select[Any]]:
    queued = in_state(JobState.QUEUED)
    # Two queries, each with a separate index; few jobs are in the broker.
    waiting = (
        select(jobs.c.preset, jobs.c.lane, now_s() - func.min(jobs.c.created_at))
        .where(queued, jobs.c.dispatched_at.is_(None))
        .group_by(jobs.c.preset, jobs.c.lane)
    )
    dispatched = select(jobs.c.preset, jobs.c.lane, now_s() - jobs.c.created_at).where(
        queued, jobs.c.dispatched_at.is_not(None)
    )
    return waiting, dispatched


_OLDEST = _oldest_queries()


def _workload_columns() -> tuple[ColumnElement[int], ColumnElement[float]]:
    audio_s = func.coalesce(func.sum(jobs.c.audio_s), 0.0)
    return func.count().label("jobs"), audio_s.label("audio_s")

"""Queued jobs that may be dispatched now."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    select,
    true,
)

from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.pauses import is_dispatch_paused
from whisperfarm_store.ledger.transitions.statement import in_state, is_available, is_unfinished
from whisperfarm_store.ledger.workload import known_or_estimated_s

_NOT_DISPATCHED = (in_state(JobState.QUEUED), jobs.c.dispatched_at.is_(None))

DISPATCHABLE = (*_NOT_DISPATCHED, is_available(), ~is_dispatch_paused())
"""The conditions that a job may be dispatched now."""


FULL_LISTS = 8
"""The most tenants of a lane for which all jobs are listed that one round may dispatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableJob:
    """What decides when a queued job is dispatched. `audio_s` is estimated if it is not known."""

    id: str
    tenant: str
    preset: str
    lane: Lane
    audio_s: float
    created_at: float
    deadline_at: float | None = None


_COLUMNS = (
    *(jobs.c.id, jobs.c.tenant, jobs.c.preset, jobs.c.lane, jobs.c.audio_s, jobs.c.audio_bytes),
    *(jobs.c.created_at, jobs.c.deadline_at),
)


def in_preset(preset: str | None) -> ColumnElement[bool]:
    """Return the condition that the job has the preset, or any if it is `None`."""
    return true() if preset is None else jobs.c.preset == preset


def oldest_of_lane(
    connection: Connection, lane: Lane, *, limit: int, preset: str | None
) -> list[AvailableJob]:
    """Return the `limit` oldest jobs of each tenant, oldest first.

    With more than `FULL_LISTS` tenants, returns fewer of each, so that the number of rows that are
    read is bounded.
    """
    of_preset = preset is not None
    values: dict[str, Any] = {"lane": lane.value, **({"preset": preset} if preset else {})}
    tenants = list(connection.scalars(_tenants(of_preset=of_preset), values))[:-1]
    if not tenants:
        return []
    values["limit"] = min(limit, ceil(limit * FULL_LISTS / len(tenants)))
    if connection.dialect.name == "postgresql":
        rows = connection.execute(_of_all_tenants(of_preset=of_preset), values).all()
    else:
        rows = _of_each_tenant(connection, tenants, values, of_preset=of_preset)
    return sorted(map(_job_of, rows), key=lambda job: (job.created_at, job.id))


def _of_each_tenant(
    connection: Connection,
    tenants: Sequence[Any],
    values: dict[str, Any],
    *,
    of_preset: bool,
) -> list[Row[Any]]:
    """Run a query for each tenant: SQLite has no lateral join."""
    oldest = _oldest_of_tenant(of_preset=of_preset)
    return [
        row
        for tenant in tenants
        for row in connection.execute(oldest, {**values, "tenant": tenant})
    ]


def urgent(
    connection: Connection, limit: int, *, preset: str, within_s: float
) -> list[AvailableJob]:
    """Return the `limit` jobs whose deadlines are next and in the next `within_s` seconds."""
    values = {"preset": preset, "within_s": within_s, "limit": limit}
    return [_job_of(row) for row in connection.execute(_urgent(), values)]


# The queries are built once, because building them takes longer than running them.


@cache
def _of_all_tenants(*, of_preset: bool) -> Select[Any]:
    tenants = _tenants(of_preset=of_preset).subquery("tenants_with_jobs")
    of_tenant = _dispatchable(of_preset=of_preset).where(jobs.c.tenant == tenants.c.tenant)
    oldest = _limited(of_tenant.order_by(jobs.c.created_at, jobs.c.id)).lateral("oldest")
    return select(oldest).select_from(tenants.join(oldest, true()))


@cache
def _oldest_of_tenant(*, of_preset: bool) -> Select[Any]:
    of_tenant = _dispatchable(of_preset=of_preset).where(jobs.c.tenant == bindparam("tenant"))
    return _limited(of_tenant.order_by(jobs.c.created_at, jobs.c.id))


def _dispatchable(*, of_preset: bool) -> Select[Any]:
    return select(*_COLUMNS).where(*DISPATCHABLE, *_in_lane(of_preset=of_preset))


def _in_lane(*, of_preset: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    has_preset = jobs.c.preset == bindparam("preset") if of_preset else true()
    return has_preset, jobs.c.lane == bindparam("lane")


@cache
def _tenants(*, of_preset: bool) -> Select[tuple[str | None]]:
    """Return the query for the tenants that have jobs; its last row is null.

    It jumps from one tenant to the next in the index. DISTINCT would read the entry of each job.
    """
    conditions = (*_NOT_DISPATCHED, *_in_lane(of_preset=of_preset))
    least = select(func.min(jobs.c.tenant).label("tenant")).where(*conditions)
    tenants = least.cte("tenants", recursive=True)
    following = least.where(jobs.c.tenant > tenants.c.tenant).correlate(tenants)
    has_more = select(following.scalar_subquery()).where(tenants.c.tenant.is_not(None))
    return select(tenants.union_all(has_more).c.tenant)


@cache
def _urgent() -> Select[Any]:
    has_deadline = jobs.c.deadline_at.is_not(None) & is_unfinished()  # as in the partial index
    # An expression, or SQLite would read all jobs of the preset by its index and sort them.
    of_preset = jobs.c.preset.concat("") == bindparam("preset")
    query = select(*_COLUMNS).where(has_deadline, *DISPATCHABLE, of_preset)
    soon = query.where(jobs.c.deadline_at < now_s() + bindparam("within_s"))
    return _limited(soon.order_by(jobs.c.deadline_at))


def _limited(query: Select[Any]) -> Select[Any]:
    return query.limit(bindparam("limit", type_=Integer))


def _job_of(row: Row[Any]) -> AvailableJob:
    return AvailableJob(
        id=row.id,
        tenant=row.tenant,
        preset=row.preset,
        lane=Lane(row.lane),
        audio_s=known_or_estimated_s(row.audio_s, row.audio_bytes),
        created_at=row.created_at,
        deadline_at=row.deadline_at,
    )

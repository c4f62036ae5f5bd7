"""Jobs whose state may have changed since a time, for those who follow lists of jobs."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select, union

from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs

OVERLAP_S = 10.0
"""Longest time from the time in a row until its transaction is committed."""


class JobVersion(NamedTuple):
    """A job in a state. Two versions of a job differ."""

    id: str
    tenant: str
    state: str
    attempt: int


class Changes:
    """Recent versions of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(
        self, time_s: float | None, tenants: Collection[str]
    ) -> tuple[float, list[JobVersion]]:
        """Return the time of this call, and the jobs that were submitted or ended since `time_s`,
        the time of another call, or now. Those of `OVERLAP_S` before that and all running ones
        are among them."""
        with self._database.read() as connection:
            now = float(connection.scalar(select(now_s())) or 0.0)
            since = (now if time_s is None else min(now, time_s)) - OVERLAP_S
            ways = (
                jobs.c.created_at >= since,
                jobs.c.finished_at >= since,
                jobs.c.state == JobState.RUNNING.value,
            )
            rows = connection.execute(union(*(_versions(way, tenants) for way in ways)))
            return now, [JobVersion._make(row) for row in rows]


def _versions(
    way: ColumnElement[bool], tenants: Collection[str]
) -> Select[tuple[str, str, str, int]]:
    columns = (jobs.c.id, jobs.c.tenant, jobs.c.state, jobs.c.attempt)
    return select(*columns).where(jobs.c.tenant.in_(sorted(tenants)), way)

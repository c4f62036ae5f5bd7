"""What tenants and their keys have used, by the day on which jobs were submitted.

The rows of the jobs are the account: what a job used is written with its end, in one statement.
When retention deletes jobs, their sums stay in the table `usage`, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, select

from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.clock import now_s, utc_day
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs, usage
from whisperfarm_store.ledger.db.upsert import upsert
from whisperfarm_store.ledger.workload import ESTIMATED_BYTES_PER_S

DAY_S = 86_400


@dataclass(slots=True, kw_only=True)
class UsageOfDay:
    """What a key used on one day. `day` counts the days since 1970 in UTC.

    `key_id` is empty for jobs without a key or token. `audio_bytes` is the size of all recordings,
    and `stored_bytes` that of those which are still stored.
    """

    tenant: str
    day: int
    key_id: str
    jobs: dict[JobState, int] = field(default_factory=dict)
    audio_s: float = 0.0
    speech_s: float = 0.0
    audio_bytes: int = 0
    stored_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UseToday:
    """What was submitted on the current day, which ends in `left_s` seconds."""

    jobs: int
    audio_s: float
    left_s: float


class Usage:
    """The usage of all tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, first_day: int, last_day: int, tenant: str | None = None) -> list[UsageOfDay]:
        """Return the usage from `first_day` to `last_day`, by day, tenant and key.

        Without `tenant`, return that of all tenants.
        """
        days = (first_day, last_day)
        with self._database.read_snapshot() as connection:
            tenants = [tenant] if tenant is not None else list(_tenants(connection))
            rows = [row for one in tenants for row in _rows(connection, one, days)]
        return _merged(rows)

    def today(self, tenant: str, *, key_id: str | None = None) -> UseToday:
        """Return what the tenant, or one of its keys, has submitted on the ledger's current day.

        Recordings of unknown length are estimated by their size.
        """
        with self._database.read() as connection:
            now = float(connection.scalar(select(now_s())) or 0.0)
            day = int(now // DAY_S)
            rows = [connection.execute(one).one() for one in _queries_of_day(tenant, key_id, day)]
        return UseToday(
            jobs=sum(int(row.jobs) for row in rows),
            audio_s=sum(float(row.audio_s) for row in rows),
            left_s=(day + 1) * DAY_S - now,
        )


def _queries_of_day(tenant: str, key_id: str | None, day: int) -> tuple[Select[Any], Select[Any]]:
    audio_s = func.coalesce(jobs.c.audio_s, jobs.c.audio_bytes / float(ESTIMATED_BYTES_PER_S))
    of_jobs = select(func.count().label("jobs"), _sum(audio_s).label("audio_s")).where(
        jobs.c.tenant == tenant, jobs.c.created_at >= day * DAY_S
    )
    of_deleted = select(_sum(usage.c.jobs).label("jobs"), _sum(usage.c.audio_s).label("audio_s"))
    of_deleted = of_deleted.where(usage.c.tenant == tenant, usage.c.day == day)
    if key_id is None:
        return of_jobs, of_deleted
    return of_jobs.where(jobs.c.key_id == key_id), of_deleted.where(usage.c.key_id == key_id)


def keep_usage(connection: Connection, deleted: Iterable[Row[Any]]) -> None:
    """Add jobs that were deleted to the table, by the columns `OF_DELETED`."""
    sums: dict[tuple[str, int, str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    for row in deleted:
        total = sums[row.tenant, row.day, row.key_id or "", row.state]
        for place, amount in enumerate((1, row.audio_s, row.speech_s, row.audio_bytes)):
            total[place] += amount or 0
    for key, total in sorted(sums.items()):  # in one order, so that dispatchers cannot deadlock
        _add(connection, key, total)


OF_DELETED = (
    *(jobs.c.tenant, jobs.c.key_id, jobs.c.state),
    *(jobs.c.audio_s, jobs.c.speech_s, jobs.c.audio_bytes),
    utc_day(jobs.c.created_at).label("day"),
)
"""Columns of a deleted job that `keep_usage` needs."""


def _add(connection: Connection, key: tuple[str, int, str, str], total: Sequence[float]) -> None:
    names = ("jobs", "audio_s", "speech_s", "audio_bytes")
    amounts = dict(zip(names, total, strict=True))
    columns = dict(zip(("tenant", "day", "key_id", "state"), key, strict=True))
    statement = upsert(connection, usage).values(**columns, **amounts)
    added = {name: usage.c[name] + statement.excluded[name] for name in names}
    connection.execute(statement.on_conflict_do_update(index_elements=list(columns), set_=added))


def _tenants(connection: Connection) -> Iterator[str]:
    """Yield all tenants, in order, by one step in an index for each."""
    last = ""
    while True:
        found = [
            connection.scalar(select(func.min(table.c.tenant)).where(table.c.tenant > last))
            for table in (jobs, usage)
        ]
        known = [one for one in found if one is not None]
        if not known:
            return
        last = min(known)
        yield last


def _rows(connection: Connection, tenant: str, days: tuple[int, int]) -> list[Row[Any]]:
    queries = (_of_jobs(tenant, *days), _of_deleted(tenant, *days))
    return [row for query in queries for row in connection.execute(query)]


def _of_jobs(tenant: str, first_day: int, last_day: int) -> Select[Any]:
    day, key_id = utc_day(jobs.c.created_at).label("day"), func.coalesce(jobs.c.key_id, "")
    is_stored = jobs.c.audio_deleted_at.is_(None)
    return (
        select(
            jobs.c.tenant,
            day,
            key_id.label("key_id"),
            jobs.c.state,
            func.count().label("jobs"),
            _sum(jobs.c.audio_s).label("audio_s"),
            _sum(jobs.c.speech_s).label("speech_s"),
            _sum(jobs.c.audio_bytes).label("audio_bytes"),
            _sum(case((is_stored, jobs.c.audio_bytes), else_=0)).label("stored_bytes"),
        )
        .where(
            jobs.c.tenant == tenant,
            jobs.c.created_at >= first_day * DAY_S,
            jobs.c.created_at < (last_day + 1) * DAY_S,
        )
        .group_by(jobs.c.tenant, day, key_id, jobs.c.state)
    )


def _of_deleted(tenant: str, first_day: int, last_day: int) -> Select[Any]:
    in_days = usage.c.day.between(first_day, last_day)
    return select(usage).where(usage.c.tenant == tenant, in_days)


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0)


def _merged(rows: Iterable[Row[Any]]) -> list[UsageOfDay]:
    merged: dict[tuple[int, str, str], UsageOfDay] = {}
    for row in rows:
        found = merged.setdefault(
            (row.day, row.tenant, row.key_id),
            UsageOfDay(tenant=row.tenant, day=row.day, key_id=row.key_id),
        )
        state = JobState(row.state)
        found.jobs[state] = found.jobs.get(state, 0) + row.jobs
        found.audio_s += row.audio_s
        found.speech_s += row.speech_s
        found.audio_bytes += int(row.audio_bytes)
        found.stored_bytes += int(getattr(row, "stored_bytes", 0))
    return [merged[key] for key in sorted(merged)]

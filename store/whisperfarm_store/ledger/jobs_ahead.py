"""The queued jobs that certainly start before another one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, func, or_, select, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.statement import in_state, is_available
from whisperfarm_store.ledger.workload import Workload

_IN_PRESET = select(jobs.c.audio_s).where(
    in_state(JobState.QUEUED), jobs.c.preset == bindparam("preset")
)
_DISPATCHED_AT = select(jobs.c.dispatched_at).where(jobs.c.id == bindparam("id"))
_IN_BROKER = _IN_PRESET.where(jobs.c.dispatched_at.is_not(None))
_OF_TENANT = _IN_PRESET.where(
    *(jobs.c.dispatched_at.is_(None), is_available()),
    *(jobs.c.lane == bindparam("lane"), jobs.c.tenant == bindparam("tenant")),
)
_OF_AGE = (jobs.c.created_at, jobs.c.id)
_IS_OLDER = tuple_(*_OF_AGE) < tuple_(bindparam("created_at"), bindparam("id"))


def _total(query: Select[Any]) -> Select[Any]:
    found = query.subquery()
    audio_s = func.coalesce(func.sum(found.c.audio_s), 0.0).label("audio_s")
    return select(func.count().label("jobs"), audio_s).select_from(found)


def _first(query: Select[Any]) -> Select[Any]:
    return query.order_by(*_OF_AGE).limit(bindparam("limit", type_=Integer))


_DISPATCHED = _total(_IN_BROKER)
_DISPATCHED_BEFORE = _total(
    _IN_BROKER.where(
        or_(
            jobs.c.dispatched_at < bindparam("dispatched_at"),
            and_(jobs.c.dispatched_at == bindparam("dispatched_at"), _IS_OLDER),
        )
    )
)
_OLDER = _total(_first(_OF_TENANT.where(_IS_OLDER)))
"""Built once, because building them took longer than running them. Few jobs are in the broker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsAhead:
    """The work before a queued job that does not depend on the order of lanes and tenants.

    `in_broker` is the work that was dispatched before it. `older` is the other work of its tenant
    and lane that is older; it is `None` if the job itself is dispatched: then nothing overtakes it.
    """

    in_broker: Workload
    older: Workload | None


def jobs_ahead(connection: Connection, job: Job, *, limit: int) -> JobsAhead:
    """Return the available jobs of the same preset that start before this queued job.

    Counts all that are in the broker before it, and at most `limit` of its tenant and lane.
    """
    dispatched_at = connection.scalar(_DISPATCHED_AT, {"id": job.id})
    if dispatched_at is not None:
        before = _load(connection, _DISPATCHED_BEFORE, job, dispatched_at=dispatched_at)
        return JobsAhead(in_broker=before, older=None)
    own = {"tenant": job.tenant, "lane": job.policy.lane, "limit": limit}
    older = _load(connection, _OLDER, job, **own)
    return JobsAhead(in_broker=_load(connection, _DISPATCHED, job), older=older)


def _load(connection: Connection, query: Select[Any], job: Job, **parameters: Any) -> Workload:
    own = {"preset": job.preset, "created_at": job.created_at, "id": job.id}
    row = connection.execute(query, {**own, **parameters}).one()
    return Workload(jobs=row.jobs, audio_s=row.audio_s)

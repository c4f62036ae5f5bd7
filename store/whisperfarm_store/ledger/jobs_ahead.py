"""The queued jobs that start before another one, in the order in which they are dispatched."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, func, or_, select, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane, max_overtaking
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.statement import in_state, is_available
from whisperfarm_store.ledger.workload import Workload

_IN_PRESET = select(jobs.c.audio_s).where(
    in_state(JobState.QUEUED), jobs.c.preset == bindparam("preset")
)
_DISPATCHED_AT = select(jobs.c.dispatched_at).where(jobs.c.id == bindparam("id"))
_IN_BROKER = _IN_PRESET.where(jobs.c.dispatched_at.is_not(None))
_IN_LANE = _IN_PRESET.where(
    jobs.c.dispatched_at.is_(None), is_available(), jobs.c.lane == bindparam("lane")
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
_OLDER = _total(_first(_IN_LANE.where(_IS_OLDER)))
_OLDEST_OF_LANE = _total(_first(_IN_LANE))
"""Built once, because building them took longer than running them. Few jobs are in the broker."""


def jobs_ahead(connection: Connection, job: Job, *, limit: int) -> Workload:
    """Return the available jobs of the same preset that start before this queued job.

    Counts all that are in the broker before it, and at most `limit` others of each lane.
    """
    dispatched_at = connection.scalar(_DISPATCHED_AT, {"id": job.id})
    if dispatched_at is not None:
        return _load(connection, _DISPATCHED_BEFORE, job, dispatched_at=dispatched_at)
    dispatched = _load(connection, _DISPATCHED, job)
    own_lane = _load(connection, _OLDER, job, lane=job.policy.lane, limit=limit)
    others = _overtaking(connection, job, older=own_lane.jobs, limit=limit)
    return sum(others, start=dispatched + own_lane)


def _overtaking(connection: Connection, job: Job, *, older: int, limit: int) -> Iterator[Workload]:
    """Yield the work of each other lane that starts before the job."""
    own = Lane(job.policy.lane)
    for lane in Lane:
        count = 0 if lane is own else max_overtaking(own, older, lane)
        if count:
            yield _load(connection, _OLDEST_OF_LANE, job, lane=lane.value, limit=min(count, limit))


def _load(connection: Connection, query: Select[Any], job: Job, **parameters: Any) -> Workload:
    own = {"preset": job.preset, "created_at": job.created_at, "id": job.id}
    row = connection.execute(query, {**own, **parameters}).one()
    return Workload(jobs=row.jobs, audio_s=row.audio_s)

"""Queued jobs for tests of the dispatch policy."""

import itertools

from whisperfarm_contract.lanes import Lane
from whisperfarm_dispatcher.order.queued_job import QueuedJob

_numbers = itertools.count(1)


def queued_job(
    lane: Lane = Lane.STANDARD,
    *,
    tenant: str = "acme",
    work_s: float = 1.0,
    deadline_at: float | None = None,
    highest: Lane = Lane.LIVE,
) -> QueuedJob:
    """Return a queued job with a unique id."""
    return QueuedJob(
        id=f"job-{next(_numbers):06d}",
        tenant=tenant,
        lane=lane,
        work_s=work_s,
        deadline_at=deadline_at,
        highest=highest,
    )


def queued_jobs(
    count: int,
    lane: Lane = Lane.STANDARD,
    *,
    tenant: str = "acme",
    work_s: float = 1.0,
    deadline_at: float | None = None,
) -> list[QueuedJob]:
    """Return several queued jobs."""
    return [
        queued_job(lane, tenant=tenant, work_s=work_s, deadline_at=deadline_at)
        for _ in range(count)
    ]

"""Requests for a job, which keep a job with `cancel_unless_polled_s` from being cancelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.dependencies import Dependencies

RECORDS_PER_LIMIT = 4


async def read_job(deps: Dependencies, job_id: str, *, tenant: str) -> Job:
    """Return the job for its caller, and record the poll. Raises `JobNotFound`."""
    return await asyncio.to_thread(_read, deps, job_id, tenant)


def _read(deps: Dependencies, job_id: str, tenant: str) -> Job:
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    deps.ledger.polls.record(job)
    return job


@asynccontextmanager
async def kept_polled(deps: Dependencies, job: Job) -> AsyncIterator[None]:
    """Record polls of the job during the block: the caller waits for it."""
    limit_s = job.policy.cancel_unless_polled_s
    if limit_s is None:
        yield
        return
    polls = asyncio.create_task(_record_polls(deps, job, interval_s=limit_s / RECORDS_PER_LIMIT))
    try:
        yield
    finally:
        polls.cancel()
        await asyncio.gather(polls, return_exceptions=True)


async def _record_polls(deps: Dependencies, job: Job, *, interval_s: float) -> None:
    while True:
        with suppress(FarmUnavailable):  # the poll clock stands still
            await asyncio.to_thread(deps.ledger.polls.record, job)
        await asyncio.sleep(interval_s)

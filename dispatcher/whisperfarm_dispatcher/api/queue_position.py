"""The position of a job in the queue."""

import asyncio

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission.backlog import QueuePosition


async def queue_position(
    deps: Dependencies, job: Job, *, is_new: bool = False
) -> QueuePosition | None:
    """Return a queued job's position. A new job is last, which needs no query of the ledger."""
    if job.state is not JobState.QUEUED:
        return None
    if is_new:
        return await asyncio.to_thread(deps.backlog.position_of_new, job)
    return await asyncio.to_thread(deps.backlog.position, job)

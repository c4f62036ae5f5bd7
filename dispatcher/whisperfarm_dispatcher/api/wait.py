"""Waiting for the end of a job, for a caller who may go away and in a process that may stop."""

import asyncio
from collections.abc import Awaitable, Callable

from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.dependencies import Parts

LOOK_AGAIN_S = 30.0
"""Wake-ups are hints and may be lost: after so long the ledger is asked."""


class CallerGone(Exception):
    """The caller hung up while it waited."""


async def until_ended(
    parts: Parts, job: Job, *, timeout_s: float | None, gone: Callable[[], Awaitable[None]]
) -> Job:
    """The job once it has ended, or as it is after `timeout_s` or when the process is closing.

    `gone` returns when the caller hangs up; `CallerGone` is raised then.
    """
    if job.state.is_final or timeout_s == 0:
        return job
    hung_up = asyncio.ensure_future(gone())
    ended = asyncio.create_task(_ended(parts, job.id))
    closing = asyncio.create_task(_closing(parts))
    if hung_up in await _first(hung_up, ended, closing, timeout_s=timeout_s):
        raise CallerGone
    return await asyncio.to_thread(parts.ledger.get, job.id)


async def _ended(parts: Parts, job_id: str) -> None:
    while not await parts.wakeups.wait(job_id, LOOK_AGAIN_S):
        if await asyncio.to_thread(parts.ledger.ended, [job_id]):
            return


async def _closing(parts: Parts) -> None:
    await parts.closing.wait()


async def _first(
    *waits: "asyncio.Future[None]", timeout_s: float | None
) -> "set[asyncio.Future[None]]":
    """Those that came first; the others are ended. Raises what one of them raised."""
    try:
        done, _ = await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in done:
            wait.result()
        return done
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

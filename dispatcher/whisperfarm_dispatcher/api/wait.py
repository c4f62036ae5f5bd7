"""Waits for a job to finish, until the client disconnects or the process stops."""

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.polls import kept_polled
from whisperfarm_dispatcher.dependencies import Dependencies

POLL_S = 30.0
"""Notifications may be lost: after this many seconds the ledger is queried."""


class CallerDisconnected(Exception):
    """The client disconnected while it waited."""


def wait_reader(deps: Dependencies) -> Callable[[Any], float]:
    """Returns a parser of `wait`: seconds, capped at the farm's `max_wait_s`.

    The parser raises `InvalidOption`.
    """
    return partial(_read_wait, max_s=deps.settings.max_wait_s)


def _read_wait(raw: Any, *, max_s: float) -> float:
    try:
        seconds = float(raw)
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        raise InvalidOption(f"wait: {raw!r} is not a number of seconds; use 0 or more")
    return min(seconds, max_s)


async def wait_until_finished(
    request: Request, deps: Dependencies, job: Job, *, timeout_s: float | None
) -> Job:
    """Return the job once it has finished, or unfinished after `timeout_s` or at shutdown.

    Meanwhile, the caller counts as polling the job.

    Raises `CallerDisconnected` if the client disconnects. The request's body must have been read.
    """
    if job.state.is_final or timeout_s == 0:
        return job
    disconnect = asyncio.create_task(_disconnected(request))
    finished = asyncio.create_task(_finished(deps, job.id))
    shutdown = asyncio.create_task(_shutdown(deps))
    async with kept_polled(deps, job):
        done = await _first_completed(disconnect, finished, shutdown, timeout_s=timeout_s)
    if disconnect in done:
        raise CallerDisconnected
    return await asyncio.to_thread(deps.ledger.jobs.get, job.id)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _finished(deps: Dependencies, job_id: str) -> None:
    while not await deps.notifications.wait(job_id, POLL_S):
        if await asyncio.to_thread(deps.ledger.jobs.finished_among, [job_id]):
            return


async def _shutdown(deps: Dependencies) -> None:
    await deps.shutting_down.wait()


async def _first_completed(
    *waits: "asyncio.Future[None]", timeout_s: float | None
) -> "set[asyncio.Future[None]]":
    """Return the futures that complete first, and cancel the others. Re-raises their exceptions."""
    try:
        done, _ = await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in done:
            wait.result()
        return done
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

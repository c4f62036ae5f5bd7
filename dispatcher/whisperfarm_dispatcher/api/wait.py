"""Waits for a job to finish, until the client disconnects or the process stops."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request

from whisperfarm_contract.fields import Number
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_dispatcher.dependencies import Parts

LOOK_AGAIN_S = 30.0
"""Notifications may be lost: after this many seconds the ledger is queried."""

_SECONDS = Number(0, 24 * 3600)


class CallerGone(Exception):
    """The client disconnected while it waited."""


def wait_reader(parts: Parts) -> Callable[[Any], float]:
    """Returns a parser of `wait`: seconds, capped at the farm's `max_wait_s`.

    The parser raises `OptionWrong`.
    """
    return partial(_read_wait, longest_s=parts.settings.max_wait_s)


def _read_wait(raw: Any, *, longest_s: float) -> float:
    try:
        return min(_SECONDS.read(raw), longest_s)
    except ValueError as error:
        raise OptionWrong(f"wait: {error}, in seconds") from None


async def until_ended(request: Request, parts: Parts, job: Job, *, timeout_s: float | None) -> Job:
    """Return the job once it has finished, or unfinished after `timeout_s` or at shutdown.

    Raises `CallerGone` if the client disconnects. The request's body must have been read.
    """
    if job.state.is_final or timeout_s == 0:
        return job
    hung_up = asyncio.create_task(_hung_up(request))
    ended = asyncio.create_task(_ended(parts, job.id))
    closing = asyncio.create_task(_closing(parts))
    if hung_up in await _first(hung_up, ended, closing, timeout_s=timeout_s):
        raise CallerGone
    return await asyncio.to_thread(parts.ledger.get, job.id)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _ended(parts: Parts, job_id: str) -> None:
    while not await parts.wakeups.wait(job_id, LOOK_AGAIN_S):
        if await asyncio.to_thread(parts.ledger.ended, [job_id]):
            return


async def _closing(parts: Parts) -> None:
    await parts.closing.wait()


async def _first(
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

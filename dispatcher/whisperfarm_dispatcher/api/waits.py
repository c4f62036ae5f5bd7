"""Waiting over HTTP: for how long, and for a caller who may hang up."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request

from whisperfarm_contract.fields import Number
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_dispatcher.api import wait
from whisperfarm_dispatcher.dependencies import Parts

_SECONDS = Number(0, 24 * 3600)


def wait_reader(parts: Parts) -> Callable[[Any], float]:
    """Reads `wait`: seconds, shortened to what this farm allows. Raises `OptionWrong`."""
    return partial(_read_wait, longest_s=parts.settings.max_wait_s)


async def until_ended(request: Request, parts: Parts, job: Job, *, timeout_s: float | None) -> Job:
    """The job once it has ended, or as it is after `timeout_s`. Raises `wait.CallerGone`."""
    return await wait.until_ended(parts, job, timeout_s=timeout_s, gone=partial(_hung_up, request))


def _read_wait(raw: Any, *, longest_s: float) -> float:
    try:
        return min(_SECONDS.read(raw), longest_s)
    except ValueError as error:
        raise OptionWrong(f"wait: {error}, in seconds") from None


async def _hung_up(request: Request) -> None:
    """Returns when the caller hangs up. The request's body has been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

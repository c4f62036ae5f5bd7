"""What callers see of jobs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from whisperfarm_contract import job_wire
from whisperfarm_contract.formats import PLAIN, Format, Layout
from whisperfarm_contract.job import Job
from whisperfarm_contract.links import path
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.submission.backlog import Turn
from whisperfarm_store.blobs import Blobs


def job_answer(job: Job, *, status: int = 200, turn: Turn | None = None) -> Response:
    """The answer that tells of one job, and when its turn is."""
    told = {**job_wire.to_wire(job), **({} if turn is None else _turn(turn))}
    return JSONResponse(told, status, headers={"Location": path(job)})


TURN_PROPERTIES: Mapping[str, Any] = MappingProxyType(
    {
        "ahead": {
            "type": "object",
            "required": ["jobs", "audio_s"],
            "properties": {"jobs": {"type": "integer"}, "audio_s": {"type": "number"}},
        },
        "starts_in_s": {"type": ["number", "null"]},
    }
)
"""What the answer about a queued job has besides the job, as JSON Schema has it."""


def _turn(turn: Turn) -> dict[str, Any]:
    starts_in_s = turn.starts_in_s
    return {
        "ahead": {"jobs": turn.ahead.jobs, "audio_s": round(turn.ahead.audio_s, 1)},
        "starts_in_s": None if starts_in_s is None else round(starts_in_s, 1),
    }


def result_answer(blobs: Blobs, job: Job, *, format: Format, layout: Layout = PLAIN) -> Response:
    """The answer with the transcript of a job. Raises what `results.rendered` raises."""
    return Response(
        results.rendered(blobs, job, format=format, layout=layout),
        media_type=format.media_type,
        headers={"Content-Location": f"{path(job)}/result"},
    )


def link_answer(blobs: Blobs, job: Job, *, expires_s: int) -> Response:
    """The answer that says where the transcript lies. Raises what `results.link` raises.

    Where the store has no links, it is our own address, for those who have a key.
    """
    expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)
    found = results.link(blobs, job, expires_s=expires_s)
    until = None if found is None else f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"
    return JSONResponse(
        {"url": found or f"{path(job)}/result", "expires_at": until},
        headers={"Cache-Control": "no-store"},
    )


def page_answer(jobs: Sequence[Job], *, limit: int) -> Response:
    """The first `limit` of the jobs, and where the next page begins when there are more."""
    shown = jobs[:limit]
    more = len(jobs) > limit
    return JSONResponse(
        {"jobs": [job_wire.to_wire(job) for job in shown], "next": shown[-1].id if more else None}
    )

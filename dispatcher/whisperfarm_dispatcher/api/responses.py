"""Responses for jobs, pages of jobs, transcripts and links to them."""

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
    """Return a job, with its position in the queue if `turn` is given."""
    told = {**job_wire.to_wire(job), **({} if turn is None else _turn(turn))}
    return JSONResponse(told, status, headers={"Location": path(job)})


TURN_PROPERTIES: Mapping[str, Any] = MappingProxyType(
    {
        "ahead": {
            "type": "object",
            "required": ["jobs", "audio_s"],
            "properties": {"jobs": {"type": "integer"}, "audio_s": {"type": "number"}},
            "description": "queued jobs ahead of this one, and their seconds of audio",
        },
        "starts_in_s": {
            "type": ["number", "null"],
            "description": "estimated seconds until a worker claims the job; null: unknown",
        },
    }
)
"""JSON Schema of the members that the response for a queued job has in addition."""


def _turn(turn: Turn) -> dict[str, Any]:
    starts_in_s = turn.starts_in_s
    return {
        "ahead": {"jobs": turn.ahead.jobs, "audio_s": round(turn.ahead.audio_s, 1)},
        "starts_in_s": None if starts_in_s is None else round(starts_in_s, 1),
    }


def result_answer(blobs: Blobs, job: Job, *, format: Format, layout: Layout = PLAIN) -> Response:
    """Return the transcript of a job. Raises like `results.rendered`."""
    return Response(
        results.rendered(blobs, job, format=format, layout=layout),
        media_type=format.media_type,
        headers={"Content-Location": f"{path(job)}/result"},
    )


def link_answer(blobs: Blobs, job: Job, *, expires_s: int) -> Response:
    """Return the transcript's URL. Raises like `results.link`.

    If the blob store has no links, it is the path of this API, which needs an API key.
    """
    expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)
    found = results.link(blobs, job, expires_s=expires_s)
    until = None if found is None else f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"
    return JSONResponse(
        {"url": found or f"{path(job)}/result", "expires_at": until},
        headers={"Cache-Control": "no-store"},
    )


def page_answer(jobs: Sequence[Job], *, limit: int) -> Response:
    """Return the first `limit` jobs, and the start of the next page if there are more."""
    shown = jobs[:limit]
    more = len(jobs) > limit
    return JSONResponse(
        {"jobs": [job_wire.to_wire(job) for job in shown], "next": shown[-1].id if more else None}
    )

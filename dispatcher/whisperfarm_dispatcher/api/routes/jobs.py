"""`/v1/jobs`: submit recordings, list and cancel their jobs, fetch the transcripts."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from whisperfarm_contract import formats
from whisperfarm_contract.formats import PLAIN, Format, Layout, subtitle_options
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.api.auth import Tenant, WithParts
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.responses import (
    job_answer,
    link_answer,
    page_answer,
    result_answer,
)
from whisperfarm_dispatcher.api.upload import upload
from whisperfarm_dispatcher.api.wait import until_ended, wait_reader
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.submission.backlog import Turn

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

Wait = Annotated[
    float,
    Query(
        ge=0, description="Wait for the job to end, for up to this many seconds, then return it."
    ),
]
Link = Annotated[
    bool,
    Query(
        description=(
            "Return `url` and `expires_at` instead of the transcript. The URL leads to the blob"
            " store and needs no API key. If the store has no links, `expires_at` is null and the"
            " URL is the path of this endpoint."
        )
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Most jobs on the page.")]


@router.post("", status_code=202, summary="Submit a recording", **endpoints.SUBMIT)
async def submit(request: Request, parts: WithParts, tenant: Tenant) -> Response:
    """Stores the recording and returns its job with status 202.

    With `wait`, it waits for the job to end and returns the transcript with status 200. With an
    `Idempotency-Key`, the same request can be sent again without making a second job.
    """
    own = {"wait": wait_reader(parts), "format": formats.find}
    taken = await upload.submit(request, parts, tenant=tenant, own=own)
    wait_s = taken.own.get("wait")
    job = await until_ended(request, parts, taken.job, timeout_s=wait_s or 0)
    if wait_s is None or not job.state.is_final:
        return job_answer(job, status=202, turn=await _turn(parts, job, is_new=not wait_s))
    return await _result(parts, job, format=taken.own.get("format") or formats.find("json"))


@router.get("", summary="List jobs, newest first", **endpoints.LIST)
def page(
    parts: WithParts,
    tenant: Tenant,
    state: Annotated[State | None, Query(description="List only jobs in this state.")] = None,
    limit: Limit = 50,
    before: Annotated[str | None, Query(description="`next` of the previous page.")] = None,
) -> Response:
    """Returns one page of the tenant's jobs, newest first."""
    jobs = parts.ledger.page(tenant, state=state, limit=limit + 1, before=before)
    return page_answer(jobs, limit=limit)


@router.get("/{job_id}", summary="Get a job", **endpoints.JOB)
async def look(
    request: Request, parts: WithParts, tenant: Tenant, job_id: str, wait: Wait = 0
) -> Response:
    """Returns the job at once, or with `wait` when it has ended.

    A queued job has its position in the queue and an estimate of when it starts.
    """
    timeout_s = wait_reader(parts)(wait)
    job = await asyncio.to_thread(parts.ledger.get, job_id, tenant=tenant)
    seen = await until_ended(request, parts, job, timeout_s=timeout_s)
    return job_answer(seen, turn=await _turn(parts, seen))


@router.get("/{job_id}/result", summary="Get the transcript", **endpoints.RESULT)
async def result(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    parts: WithParts,
    tenant: Tenant,
    job_id: str,
    format: Annotated[str, Query(description="Format of the transcript.")] = "json",
    link: Link = False,
) -> Response:
    """Returns the transcript of a job that succeeded, or the problem of one that did not."""
    wanted = formats.find(format)
    own = {"format", "link"}
    asked = {name: value for name, value in request.query_params.items() if name not in own}
    shape = subtitle_options.read(asked)
    job = await asyncio.to_thread(parts.ledger.get, job_id, tenant=tenant)
    if link:
        return _link(parts, job, format=format)
    return await _result(parts, job, format=wanted, shape=shape)


@router.delete("/{job_id}", status_code=202, summary="Cancel a job", **endpoints.CANCEL)
def cancel(parts: WithParts, tenant: Tenant, job_id: str) -> Response:
    """Cancels a queued job at once, and stops a running one.

    Returns 200 if the job has ended, and 202 while its worker is stopping it.
    """
    job = parts.ledger.ask_cancel(job_id, tenant=tenant)
    return job_answer(job, status=200 if job.state.is_final else 202)


async def _turn(parts: Parts, job: Job, *, is_new: bool = False) -> Turn | None:
    """Return a queued job's position. A new job is last, which needs no query of the ledger."""
    if job.state is not State.QUEUED:
        return None
    if is_new:
        return await asyncio.to_thread(parts.backlog.last_turn, job)
    return await asyncio.to_thread(parts.backlog.turn, job)


def _link(parts: Parts, job: Job, *, format: str) -> Response:
    if format != "json":
        raise OptionWrong(
            f"format: a link leads to the stored transcript, which is json, not {format}; omit"
            " `format` or `link`"
        )
    return link_answer(parts.blobs, job, expires_s=parts.settings.link_expires_s)


async def _result(parts: Parts, job: Job, *, format: Format, shape: Layout = PLAIN) -> Response:
    return await asyncio.to_thread(result_answer, parts.blobs, job, format=format, layout=shape)

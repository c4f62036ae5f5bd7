"""`/v1/jobs`: handing in recordings, looking after them, fetching the transcripts."""

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
    float, Query(ge=0, description="Answer when the job has ended, or after so many seconds.")
]
Link = Annotated[
    bool,
    Query(
        description=(
            "Answer `url` and `expires_at` in place of the transcript: where it can be fetched"
            " without a key, from the blob store itself if that can do it."
        )
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many jobs at most.")]


@router.post("", status_code=202, summary="Hand in a recording", **endpoints.SUBMIT)
async def submit(request: Request, parts: WithParts, tenant: Tenant) -> Response:
    """Takes the recording and answers with its job.

    With `wait` it answers with the transcript itself if that is there in time. With an
    `Idempotency-Key` the same request can be sent again without making a second job.
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
    state: State | None = None,
    limit: Limit = 50,
    before: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Response:
    """One page of the caller's jobs."""
    jobs = parts.ledger.page(tenant, state=state, limit=limit + 1, before=before)
    return page_answer(jobs, limit=limit)


@router.get("/{job_id}", summary="Look at a job", **endpoints.JOB)
async def look(
    request: Request, parts: WithParts, tenant: Tenant, job_id: str, wait: Wait = 0
) -> Response:
    """The job as it is; with `wait`, once it has ended."""
    timeout_s = wait_reader(parts)(wait)
    job = await asyncio.to_thread(parts.ledger.get, job_id, tenant=tenant)
    seen = await until_ended(request, parts, job, timeout_s=timeout_s)
    return job_answer(seen, turn=await _turn(parts, seen))


@router.get("/{job_id}/result", summary="Fetch the transcript", **endpoints.RESULT)
async def result(  # noqa: PLR0917 - they are parameters of the query
    request: Request,
    parts: WithParts,
    tenant: Tenant,
    job_id: str,
    format: str = "json",
    link: Link = False,
) -> Response:
    """The transcript of a job that has succeeded; otherwise the problem that the job has."""
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
    """Cancels the job: 200 with a job that has finished, 202 while a worker still stops it."""
    job = parts.ledger.ask_cancel(job_id, tenant=tenant)
    return job_answer(job, status=200 if job.state.is_final else 202)


async def _turn(parts: Parts, job: Job, *, is_new: bool = False) -> Turn | None:
    """When a queued job's turn is. A new one is the last of all: it is not looked for."""
    if job.state is not State.QUEUED:
        return None
    if is_new:
        return await asyncio.to_thread(parts.backlog.last_turn, job)
    return await asyncio.to_thread(parts.backlog.turn, job)


def _link(parts: Parts, job: Job, *, format: str) -> Response:
    if format != "json":
        raise OptionWrong("a link leads to the transcript as it is stored, which is format=json")
    return link_answer(parts.blobs, job, expires_s=parts.settings.link_expires_s)


async def _result(parts: Parts, job: Job, *, format: Format, shape: Layout = PLAIN) -> Response:
    return await asyncio.to_thread(result_answer, parts.blobs, job, format=format, layout=shape)

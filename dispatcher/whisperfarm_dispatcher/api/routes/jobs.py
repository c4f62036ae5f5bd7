"""`/v1/jobs`: submit recordings, list and cancel their jobs, fetch the transcripts."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from whisperfarm_contract import formats, legs
from whisperfarm_contract.formats import subtitle_options
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.revisions.revision import MAX_REVISIONS
from whisperfarm_dispatcher.api import job_filters
from whisperfarm_dispatcher.api.accept import accepted_format
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS, result_format
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.polls import read_job
from whisperfarm_dispatcher.api.queue_position import queue_position
from whisperfarm_dispatcher.api.redact_parameter import Redact, requested_kinds
from whisperfarm_dispatcher.api.responses import (
    REVISION_HEADER,
    job_response,
    link_response,
    page_response,
    result_response,
)
from whisperfarm_dispatcher.api.text_search import excerpts, read_text_query
from whisperfarm_dispatcher.api.upload import audio_url, upload
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.api.wait import wait_reader, wait_until_finished
from whisperfarm_dispatcher.submission import resubmit
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_store.ledger import MAX_QUERY_CHARS
from whisperfarm_store.redaction.kinds import Kinds

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
ResultFormat = Annotated[
    str | None,
    Query(
        description=(
            "Format of the transcript. Without it, the header `Accept` decides, and `json` is the"
            " default."
        ),
        json_schema_extra={"enum": list(RESULT_FORMATS)},
    ),
]
RevisionNumber = Annotated[
    int | None,
    Query(
        ge=1,
        le=MAX_REVISIONS,
        description=(
            "Revision of the transcript. Without it, the newest approved one, else the newest"
            " corrected one, else the machine's, which is number 1."
        ),
    ),
]
OtherPreset = Annotated[
    str | None,
    Query(
        max_length=200,
        description=(
            "Run the job with this preset instead of its own, also if it has succeeded. The new job"
            " has no deadline and sends no callback."
        ),
    ),
]
Text = Annotated[
    str | None,
    Query(
        max_length=MAX_QUERY_CHARS,
        description=(
            "Find transcripts with all of these: words, phrases in quotes, and starts of words"
            " such as `refun*`. Needs the permission `read:transcriptions`. Each job then has an"
            " `excerpt`, as HTML."
        ),
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Most jobs on the page.")]


@router.post("", status_code=202, summary="Submit a recording", **endpoints.SUBMIT)
async def submit_job(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording and returns its job with status 202.

    Several recordings of one call, its legs, become one job with one transcript: a form has `file`
    and `leg_offset_s` for each, in the same order, and may have `leg_name` for each. Instead of
    `file`, it may have `audio_url` for each.
    With `wait`, it waits for the job to end and returns the transcript with status 200. With an
    `Idempotency-Key`, the same request can be sent again without making a second job.
    """
    fields = FormFields(
        {"filename": str, audio_url.FIELD: str, "wait": wait_reader(deps), "format": result_format},
        repeatable=frozenset({*legs.OPTIONS, audio_url.FIELD}),
    )
    new_job = await upload.submit_request(
        request, deps, tenant=tenant, fields=fields, legs=LegRecorder()
    )
    wait_s = fields.extra_fields.get("wait")
    job = await wait_until_finished(request, deps, new_job, timeout_s=wait_s or 0)
    if wait_s is None or not job.state.is_final:
        return job_response(
            job, status=202, position=await queue_position(deps, job, is_new=not wait_s)
        )
    chosen = fields.extra_fields.get("format") or formats.get_format("json")
    return await asyncio.to_thread(result_response, deps, job, format=chosen)


@router.get("", summary="List jobs, newest first", **endpoints.LIST)
def list_jobs(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    deps: Deps,
    tenant: Tenant,
    limit: Limit = 50,
    before: Annotated[str | None, Query(description="`next` of the previous page.")] = None,
    text: Text = None,
) -> Response:
    """Returns one page of the tenant's jobs, newest first.

    All filters that are given must match. A filter such as `metadata.agent=A7` compares a member of
    the caller's metadata.
    """
    filters = job_filters.read(
        request.query_params.multi_items(), paging=(*job_filters.PAGING, "text")
    )
    words = None if text is None else read_text_query(deps, caller_of(request), text)
    wanted = replace(filters, words=words)
    jobs = deps.ledger.jobs.list_for_tenant(tenant, wanted=wanted, limit=limit + 1, before=before)
    return page_response(jobs, limit=limit, excerpts=excerpts(deps, jobs[:limit], words))


@router.get("/{job_id}", summary="Get a job", **endpoints.JOB)
async def get_job(
    request: Request, deps: Deps, tenant: Tenant, job_id: str, wait: Wait = 0
) -> Response:
    """Returns the job at once, or with `wait` when it has ended.

    A queued job has its position in the queue and an estimate of when it starts.
    """
    timeout_s = wait_reader(deps)(wait)
    job = await read_job(deps, job_id, tenant=tenant)
    current = await wait_until_finished(request, deps, job, timeout_s=timeout_s)
    return job_response(current, position=await queue_position(deps, current))


@router.get("/{job_id}/result", summary="Get the transcript", **endpoints.RESULT)
async def get_result(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    deps: Deps,
    tenant: Tenant,
    job_id: str,
    format: ResultFormat = None,
    link: Link = False,
    redact: Redact = None,
    revision: RevisionNumber = None,
) -> Response:
    """Returns the transcript of a job that succeeded, or the problem of one that did not."""
    redacted_kinds = requested_kinds(deps, redact)
    accept = request.headers.get("accept")
    chosen = accepted_format(accept) if format is None else result_format(format)
    extra_fields = {"format", "link", "redact", "revision"}
    fields = {
        name: value for name, value in request.query_params.items() if name not in extra_fields
    }
    subtitles = subtitle_options.read(fields, also_known=sorted(extra_fields))
    job = await read_job(deps, job_id, tenant=tenant)
    if link:
        _check_linkable(format=format or "json", redacted_kinds=redacted_kinds)
        answer = await asyncio.to_thread(link_response, deps, job, revision=revision)
        await _record_export(request, deps, job, answer, what="link", format="json")
        return answer
    response = await asyncio.to_thread(
        result_response,
        deps,
        job,
        format=chosen,
        revision=revision,
        subtitles=subtitles,
        redacted_kinds=redacted_kinds,
    )
    name = next(name for name, one in RESULT_FORMATS.items() if one is chosen)
    redacted = {"redacted": sorted(redacted_kinds)} if redacted_kinds else {}
    await _record_export(request, deps, job, response, what="transcript", format=name, **redacted)
    response.headers["Vary"] = "Accept"
    return response


async def _record_export(
    request: Request, deps: Deps, job: Job, response: Response, **facts: Any
) -> None:
    body = {**facts, "revision": int(response.headers[REVISION_HEADER])}
    await asyncio.to_thread(deps.exports.record, job.id, body, origin_of(request))


@router.delete("/{job_id}", summary="Cancel a job", **endpoints.CANCEL)
def cancel_job(deps: Deps, tenant: Tenant, job_id: str) -> Response:
    """Cancels a queued or running job at once.

    The worker of a running job stops within seconds, and its transcript is discarded. A job that
    had ended already is returned unchanged.
    """
    job = deps.ledger.jobs.request_cancel(job_id, tenant=tenant)
    deps.notifications.notify(job.id)
    return job_response(job)


@router.post("/{job_id}/retry", status_code=202, summary="Run a job again", **endpoints.RETRY)
def retry_job(
    request: Request, deps: Deps, tenant: Tenant, job_id: str, preset: OtherPreset = None
) -> Response:
    """Submits a new job with the recording, options, policy and labels of a job that failed or was
    cancelled, and returns it. The other job is unchanged.

    With an `Idempotency-Key`, the same request can be sent again without making a second job.
    """
    key = upload.idempotency_key(request)
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    new_job = resubmit.retry(
        deps,
        job,
        preset=preset or None,
        idempotency_key=key,
        origin=origin_of(request),
        key=caller_of(request).key_quota,
    )
    return job_response(new_job, status=202, position=deps.backlog.position_of_new(new_job))


def _check_linkable(*, format: str, redacted_kinds: Kinds | None) -> None:
    if redacted_kinds:
        raise InvalidOption(
            "redact: a link leads to the stored transcript, in which nothing is masked; omit"
            " `redact` or `link`"
        )
    if format != "json":
        raise InvalidOption(
            f"format: a link leads to the stored transcript, which is json, not {format}; omit"
            " `format` or `link`"
        )

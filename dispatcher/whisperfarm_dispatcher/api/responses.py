"""Responses for jobs, pages of jobs, transcripts and links to them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from whisperfarm_contract import job_wire
from whisperfarm_contract.formats import DEFAULT_OPTIONS, Format, SubtitleOptions
from whisperfarm_contract.job import APPROVED, PENDING, Job
from whisperfarm_contract.links import job_path, result_path, revision_result_path
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.api.documents import Document
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission.backlog import QueuePosition
from whisperfarm_store.redaction.kinds import Kinds

REVISION_HEADER = "Whisperfarm-Revision"
"""The header with the number of the revision of a transcript."""

APPROVAL_HEADER = "Whisperfarm-Approval"
"""The header that says, for a job that requires an approval, whether the revision has it."""


def job_response(job: Job, *, status: int = 200, position: QueuePosition | None = None) -> Response:
    """Return a job, with its position in the queue if `position` is given."""
    body = job_document(job, position=position)
    return JSONResponse(body, status, headers={"Location": job_path(job)})


def job_document(job: Job, *, position: QueuePosition | None) -> dict[str, Any]:
    """Return the JSON members of a job, with its position in the queue if `position` is given."""
    return {**job_wire.to_wire(job), **({} if position is None else _position(position))}


QUEUE_POSITION_PROPERTIES: Mapping[str, Any] = MappingProxyType(
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


def _position(position: QueuePosition) -> dict[str, Any]:
    starts_in_s = position.starts_in_s
    return {
        "ahead": {"jobs": position.ahead.jobs, "audio_s": round(position.ahead.audio_s, 1)},
        "starts_in_s": None if starts_in_s is None else round(starts_in_s, 1),
    }


def result_response(
    deps: Dependencies,
    job: Job,
    *,
    format: Format | Document,
    revision: int | None = None,
    subtitles: SubtitleOptions = DEFAULT_OPTIONS,
    redacted_kinds: Kinds | None = None,
) -> Response:
    """Return the transcript of a job: a revision, or the default one.

    The headers say which one, and whether it still needs an approval. Raises like `results.render`
    and `results.choose_revision`.
    """
    chosen = results.choose_revision(deps.ledger, job, revision)
    content = results.render(
        deps.blobs, job, chosen, format=format, subtitles=subtitles, redacted_kinds=redacted_kinds
    )
    path = result_path(job.id) if revision is None else revision_result_path(job.id, revision)
    headers = {"Content-Location": path, REVISION_HEADER: str(chosen.number)}
    if job.approval is not None:
        is_approved = chosen.kind is RevisionKind.APPROVED
        headers[APPROVAL_HEADER] = APPROVED if is_approved else PENDING
    return Response(content, media_type=format.media_type, headers=headers)


def link_response(deps: Dependencies, job: Job, *, revision: int | None) -> Response:
    """Return the URL of a revision. Raises like `results.presigned_url`.

    If the blob store has no links, it is the path of this API, which needs an API key.
    """
    expires_s = deps.settings.link_expires_s
    expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)
    chosen = results.choose_revision(deps.ledger, job, revision)
    url = results.presigned_url(deps.blobs, job, chosen, expires_s=expires_s)
    path = result_path(job.id) if revision is None else revision_result_path(job.id, revision)
    expires = None if url is None else f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"
    return JSONResponse(
        {"url": url or path, "expires_at": expires},
        headers={"Cache-Control": "no-store", REVISION_HEADER: str(chosen.number)},
    )


def page_response(
    jobs: Sequence[Job], *, limit: int, excerpts: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Return the first `limit` jobs, and the start of the next page if there are more.

    Jobs found by words have their excerpt.
    """
    page = jobs[:limit]
    has_more = len(jobs) > limit
    documents = [job_wire.to_wire(job) for job in page]
    for document in documents:
        if (found := excerpts.get(document["id"])) is not None:
            document["excerpt"] = found
    return JSONResponse({"jobs": documents, "next": page[-1].id if has_more else None})

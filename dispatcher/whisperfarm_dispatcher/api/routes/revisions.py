"""`/v1/jobs/{id}/revisions`: list, correct and approve the revisions of a transcript."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from whisperfarm_contract.field_types import JsonObject
from whisperfarm_contract.job import Job
from whisperfarm_contract.links import revision_result_path
from whisperfarm_contract.problems import InvalidCorrection
from whisperfarm_contract.revisions import revision_wire
from whisperfarm_contract.revisions.correction import read_correction, read_remark
from whisperfarm_contract.revisions.difference import changes
from whisperfarm_contract.revisions.revision import (
    MAX_REVISIONS,
    Revision,
    default_revision,
    get_revision,
)
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.api.auth import Author, Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.redact_parameter import Redact, requested_kinds
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.revisions.approve import approve
from whisperfarm_dispatcher.revisions.correct import correct
from whisperfarm_store.redaction.view import redact as redacted

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

MAX_BODY_BYTES = 1 << 20
"""Longest correction: more than an analyst changes at once."""

_BODY = JsonObject(max_bytes=MAX_BODY_BYTES, max_depth=5)

Number = Annotated[
    int, Path(ge=1, le=MAX_REVISIONS, description="The number of the revision; 1: the machine's.")
]


@router.get("/{job_id}/revisions", summary="List revisions", **endpoints.REVISIONS)
def list_revisions(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns all revisions of the transcript, the machine's first, without the transcripts.

    `default` is the number of the one that is returned as the transcript of the job.
    """
    job = _succeeded(deps, job_id, tenant)
    listed = deps.ledger.revisions.list(job)
    return JSONResponse(
        {
            "revisions": [revision_wire.to_wire(one) for one in listed],
            "default": default_revision(listed).number,
            "approval": job.approval,
        }
    )


@router.post(
    "/{job_id}/revisions", status_code=201, summary="Correct a transcript", **endpoints.CORRECT
)
async def correct_transcript(
    request: Request, deps: Deps, tenant: Tenant, author: Author, job_id: str
) -> JSONResponse:
    """Applies operations to the revision `parent`, and stores the outcome as another revision.

    The parent is never changed. If another correction or approval followed it in the meantime,
    nothing is stored, and the problem has the number of the last one as `newest`.
    """
    job = await run_in_threadpool(_kept, deps, job_id, tenant)
    correction = read_correction(await _document(request, deps))
    kinds = deps.settings.redaction_kinds
    made = await run_in_threadpool(
        correct, deps.ledger, deps.blobs, job, correction, author=author, known_kinds=kinds
    )
    return _created(job, made)


@router.post(
    "/{job_id}/revisions/{number}/approve",
    status_code=201,
    summary="Approve a revision",
    **endpoints.APPROVE,
)
async def approve_revision(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request, deps: Deps, tenant: Tenant, author: Author, job_id: str, number: Number
) -> JSONResponse:
    """Makes an approved revision with the transcript of this one. The body may be empty.

    If the revision was corrected in the meantime, nothing is stored.
    """
    job = await run_in_threadpool(_kept, deps, job_id, tenant)
    remark = read_remark(await _document(request, deps))
    kinds = deps.settings.redaction_kinds
    approve_this = partial(approve, author=author, remark=remark, known_kinds=kinds)
    made = await run_in_threadpool(approve_this, deps.ledger, deps.blobs, job, number)
    return _created(job, made)


@router.get(
    "/{job_id}/revisions/{number}/difference",
    summary="Show what a revision changed",
    **endpoints.DIFFERENCE,
)
def get_difference(
    deps: Deps, tenant: Tenant, job_id: str, number: Number, redact: Redact = None
) -> JSONResponse:
    """Returns the segments that differ between a revision and its parent."""
    kinds = requested_kinds(deps, redact)
    job = _succeeded(deps, job_id, tenant)
    known = deps.ledger.revisions.list(job)
    child = get_revision(known, number)
    parent = child if child.parent is None else get_revision(known, child.parent)
    before, after = (
        redacted(transcript, kinds) if kinds else transcript
        for transcript in (results.transcript(deps.blobs, job, one) for one in (parent, child))
    )
    return JSONResponse(
        {"revision": number, "parent": child.parent, "changes": changes(before, after)}
    )


async def _document(request: Request, deps: Dependencies) -> dict[str, Any]:
    text = await read_text(read_body(request, deps.settings), max_bytes=MAX_BODY_BYTES)
    try:
        return dict(_BODY.read(text or "{}"))
    except ValueError as error:
        raise InvalidCorrection(f"the body is not valid: {error}") from None


def _created(job: Job, revision: Revision) -> JSONResponse:
    location = revision_result_path(job.id, revision.number)
    return JSONResponse(revision_wire.to_wire(revision), 201, headers={"Location": location})


def _succeeded(deps: Dependencies, job_id: str, tenant: str) -> Job:
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    results.check_succeeded(job)
    return job


def _kept(deps: Dependencies, job_id: str, tenant: str) -> Job:
    job = _succeeded(deps, job_id, tenant)
    results.check_kept(job)
    return job

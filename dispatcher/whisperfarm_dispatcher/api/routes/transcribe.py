"""`/transcribe`: submit a recording and wait for its transcript, in one request."""

import asyncio

from fastapi import APIRouter, Request, Response

from whisperfarm_contract import formats
from whisperfarm_contract.job import Job
from whisperfarm_contract.links import job_path
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.responses import result_response
from whisperfarm_dispatcher.api.upload import upload
from whisperfarm_dispatcher.api.wait import CallerDisconnected, wait_until_finished
from whisperfarm_dispatcher.dependencies import Dependencies

RETRY_AFTER_S = 5
"""`Retry-After` of a dispatcher that is stopping: another one should have started by then."""

router = APIRouter(tags=["transcribe"])


@router.post("/transcribe", summary="Transcribe a recording", **endpoints.TRANSCRIBE)
async def transcribe(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as JSON.

    If the client disconnects, the job is cancelled.
    """
    submission = await upload.submit_request(request, deps, tenant=tenant, extra_fields={})
    try:
        job = await wait_until_finished(request, deps, submission.job, timeout_s=None)
    except CallerDisconnected:
        await asyncio.to_thread(deps.ledger.jobs.request_cancel, submission.job.id, tenant=tenant)
        raise
    return await asyncio.to_thread(_response, deps, job)


def _response(deps: Dependencies, job: Job) -> Response:
    if not job.state.is_final:
        raise FarmUnavailable(
            f"the dispatcher is stopping while job {job.id} continues; get its transcript from"
            f" {job_path(job)}/result",
            retry_after_s=RETRY_AFTER_S,
        )
    return result_response(deps.blobs, job, format=formats.get_format("json"))

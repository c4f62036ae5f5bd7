"""`/transcribe`: submit a recording and wait for its transcript, in one request."""

import asyncio

from fastapi import APIRouter, Request, Response

from whisperfarm_contract import formats
from whisperfarm_contract.job import Job
from whisperfarm_contract.links import path
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.api.auth import Tenant, WithParts
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.responses import result_answer
from whisperfarm_dispatcher.api.upload import upload
from whisperfarm_dispatcher.api.wait import CallerGone, until_ended
from whisperfarm_dispatcher.dependencies import Parts

ASK_AGAIN_S = 5
"""`Retry-After` of a dispatcher that is stopping: another one should have started by then."""

router = APIRouter(tags=["transcribe"])


@router.post("/transcribe", summary="Transcribe a recording", **endpoints.TRANSCRIBE)
async def transcribe(request: Request, parts: WithParts, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as JSON.

    If the client disconnects, the job is cancelled.
    """
    taken = await upload.submit(request, parts, tenant=tenant, own={})
    try:
        job = await until_ended(request, parts, taken.job, timeout_s=None)
    except CallerGone:
        await asyncio.to_thread(parts.ledger.ask_cancel, taken.job.id, tenant=tenant)
        raise
    return await asyncio.to_thread(_answer, parts, job)


def _answer(parts: Parts, job: Job) -> Response:
    if not job.state.is_final:
        raise FarmUnavailable(
            f"the dispatcher is stopping while job {job.id} continues; get its transcript from"
            f" {path(job)}/result",
            retry_after_s=ASK_AGAIN_S,
        )
    return result_answer(parts.blobs, job, format=formats.find("json"))

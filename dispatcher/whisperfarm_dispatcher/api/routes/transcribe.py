"""`/transcribe`: submit a recording and wait for its transcript, in one request."""

import asyncio

from fastapi import APIRouter, Request, Response

from whisperfarm_contract import formats
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.responses import result_response
from whisperfarm_dispatcher.api.synchronous import finished_job
from whisperfarm_dispatcher.api.upload import upload
from whisperfarm_dispatcher.api.upload.form_fields import FormFields

router = APIRouter(tags=["transcribe"])


@router.post("/transcribe", summary="Transcribe a recording", **endpoints.TRANSCRIBE)
async def transcribe(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as JSON.

    If the client disconnects, the job is cancelled, unless the request has an `Idempotency-Key` or
    a `callback_url`.
    """
    fields = FormFields({"filename": str})
    job = await upload.submit_request(request, deps, tenant=tenant, fields=fields)
    finished = await finished_job(request, deps, job)
    return await asyncio.to_thread(
        result_response, deps.blobs, finished, format=formats.get_format("json")
    )

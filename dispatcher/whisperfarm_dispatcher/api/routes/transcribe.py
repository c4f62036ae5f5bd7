"""`/transcribe`: submit a recording and wait for its transcript, in one request.

Clients of LinTO's transcription service submit recordings by the same path.
"""

import asyncio

from fastapi import APIRouter, Request, Response

from whisperfarm_contract import formats
from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.linto import fields as linto_fields
from whisperfarm_dispatcher.api.facades.linto.caller import is_linto
from whisperfarm_dispatcher.api.facades.linto.description import TRANSCRIBE
from whisperfarm_dispatcher.api.facades.linto.errors import error_document
from whisperfarm_dispatcher.api.facades.linto.routes import submission_response
from whisperfarm_dispatcher.api.responses import result_response
from whisperfarm_dispatcher.api.synchronous import finished_job
from whisperfarm_dispatcher.api.upload import upload
from whisperfarm_dispatcher.api.upload.form import ANY_FILE
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.dependencies import Dependencies

router = APIRouter(tags=["transcribe"])


@router.post("/transcribe", summary="Transcribe a recording", **TRANSCRIBE)
async def transcribe(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as JSON.

    If the client disconnects, the job is cancelled, unless the request has an `Idempotency-Key` or
    a `callback_url`. A client of LinTO gets the job's id at once, unless it sends `force_sync`.
    """
    fields = FormFields(
        {"filename": str, **linto_fields.READERS}, translators=linto_fields.TRANSLATORS
    )
    try:
        job = await upload.submit_request(
            request, deps, tenant=tenant, fields=fields, audio_parts=ANY_FILE
        )
    finally:
        # Fields may follow the recording, and a problem of the upload has the client's shape too.
        from_linto = _is_from_linto(request, fields)
        if from_linto:
            request.state.error_shape = error_document
    if from_linto:
        waits = bool(fields.extra_fields.get("force_sync"))
        return await submission_response(request, deps, job, waits=waits)
    return await _finished(request, deps, job)


def _is_from_linto(request: Request, fields: FormFields) -> bool:
    media_type = request.headers.get("content-type", "").lower()
    return is_linto(
        fields.names,
        request.headers.get("accept"),
        is_form=media_type.startswith("multipart/form-data"),
    )


async def _finished(request: Request, deps: Dependencies, job: Job) -> Response:
    finished = await finished_job(request, deps, job)
    return await asyncio.to_thread(
        result_response, deps, finished, format=formats.get_format("json")
    )

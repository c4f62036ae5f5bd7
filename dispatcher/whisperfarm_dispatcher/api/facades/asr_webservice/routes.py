"""`/asr` and `/detect-language`, for clients of whisper-asr-webservice."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.asr_webservice import answers, description
from whisperfarm_dispatcher.api.facades.asr_webservice.errors import AsrRoute
from whisperfarm_dispatcher.api.facades.asr_webservice.fields import (
    AUDIO_PARTS,
    DEFAULT_OUTPUT,
    detection_fields,
    transcription_fields,
)
from whisperfarm_dispatcher.api.synchronous import finished_transcript
from whisperfarm_dispatcher.api.upload.upload import submit_request

router = APIRouter(tags=["whisper-asr-webservice"], route_class=AsrRoute)


@router.post("/asr", summary="Transcribe a recording", **description.ASR)
async def asr(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as text.

    If the client disconnects, the job is cancelled, unless the request has an `Idempotency-Key` or
    a `callback_url`.
    """
    fields = transcription_fields()
    job = await submit_request(request, deps, tenant=tenant, fields=fields, audio_parts=AUDIO_PARTS)
    transcript = await finished_transcript(request, deps, job)
    output = fields.extra_fields.get("output") or DEFAULT_OUTPUT
    return PlainTextResponse(
        answers.content(transcript, output), headers=answers.headers(job.audio.filename, output)
    )


@router.post("/detect-language", summary="Detect the language", **description.DETECT_LANGUAGE)
async def detect_language(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Transcribes the first 30 seconds of the recording, and returns their language."""
    job = await submit_request(
        request, deps, tenant=tenant, fields=detection_fields(), audio_parts=AUDIO_PARTS
    )
    transcript = await finished_transcript(request, deps, job)
    return JSONResponse(answers.detected_language(transcript))

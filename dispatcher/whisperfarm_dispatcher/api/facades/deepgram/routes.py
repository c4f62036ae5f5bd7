"""`/v1/listen`: transcribe a recording for a client of Deepgram."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import Job
from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.deepgram import answer, description, query
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.errors import DeepgramRoute
from whisperfarm_dispatcher.api.facades.deepgram.recording import open_recording, with_header
from whisperfarm_dispatcher.api.synchronous import finished_transcript
from whisperfarm_dispatcher.api.upload.upload import query_fields, submit_audio
from whisperfarm_store.redaction.view import redact

router = APIRouter(tags=["deepgram"], route_class=DeepgramRoute)


@router.post("/v1/listen", summary="Transcribe a recording", **description.LISTEN)
async def listen(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as Deepgram does.

    With `callback`, it returns the job's id as `request_id` at once. If the client disconnects, the
    job is cancelled, unless the request has a `callback` or an `Idempotency-Key`.
    """
    settings = deps.settings
    wanted = query.read(
        query_fields(request), deps.presets, settings.aliases, settings.redaction_kinds
    )
    async with open_recording(request, deps) as recording:
        fields, audio = await with_header(wanted, recording)
        job = await submit_audio(request, deps, tenant=tenant, fields=fields, audio=audio)
    if job.policy.callback_url is not None:
        return _response(job.id, {"request_id": job.id})
    transcript = await finished_transcript(request, deps, job)
    document = await asyncio.to_thread(_document, job, transcript, wanted.parts)
    return _response(job.id, document)


def _document(job: Job, transcript: Transcript, parts: AnswerParts) -> dict[str, object]:
    if parts.redacted_kinds:
        transcript = redact(transcript, parts.redacted_kinds)
    return answer.document(job, transcript, parts)


def _response(request_id: str, document: dict[str, object]) -> Response:
    return JSONResponse(document, headers={"dg-request-id": request_id})

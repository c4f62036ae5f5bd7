"""`/v1/audio` and `/v1/models`: transcribe a recording for a client of OpenAI."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.assumed_audio import AssumedAudio, farm_default
from whisperfarm_dispatcher.api.facades.openai import answers, description, models, stream
from whisperfarm_dispatcher.api.facades.openai.errors import OpenAIRoute
from whisperfarm_dispatcher.api.facades.openai.fields import (
    form_fields,
    granularities,
    is_streamed,
    late_options,
    response_format,
)
from whisperfarm_dispatcher.api.synchronous import finished_transcript
from whisperfarm_dispatcher.api.upload.upload import open_upload, submit_audio
from whisperfarm_dispatcher.dependencies import Dependencies

router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)


@router.post(
    "/audio/transcriptions", summary="Transcribe a recording", **description.TRANSCRIPTIONS
)
async def create_transcription(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as OpenAI does.

    If the client disconnects, the job is cancelled, unless the request has an `Idempotency-Key`.
    """
    return await _transcribe(request, deps, tenant, task="transcribe")


@router.post("/audio/translations", summary="Translate a recording", **description.TRANSLATIONS)
async def create_translation(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Returns the text of the recording in English, as OpenAI does."""
    return await _transcribe(request, deps, tenant, task="translate")


@router.get("/models", summary="List models", **description.MODELS)
async def list_models(deps: Deps, tenant: Tenant) -> JSONResponse:  # noqa: ARG001
    """Returns the presets that the farm serves, and other names for them, as OpenAI does."""
    return JSONResponse(models.list_models(deps))


@router.get("/models/{model}", summary="Get a model", **description.MODEL)
async def get_model(deps: Deps, tenant: Tenant, model: str) -> JSONResponse:  # noqa: ARG001
    """Returns one of them."""
    return JSONResponse(models.get_model(deps, model))


async def _transcribe(request: Request, deps: Dependencies, tenant: str, *, task: str) -> Response:
    fields = form_fields(deps, task=task)
    filename, content = await open_upload(request, fields, deps.settings)
    audio = AssumedAudio(content, fields.options, farm_default(deps.settings, filename))
    job = await submit_audio(
        request,
        deps,
        tenant=tenant,
        fields=fields.options,
        filename=filename,
        audio=audio.read(lambda: late_options(fields)),
    )
    transcript = await finished_transcript(request, deps, job)
    warnings = (*audio.warnings, *transcript.warnings)
    chosen = response_format(fields)
    if is_streamed(fields):
        response: Response = stream.response(transcript, chosen, warnings=warnings)
    else:
        response = answers.response(
            transcript, chosen, granularities=granularities(fields), warnings=warnings
        )
    response.headers["X-Request-Id"] = job.id
    return response

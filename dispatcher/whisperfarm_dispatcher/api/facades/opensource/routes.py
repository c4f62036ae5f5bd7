"""`/stt/transcribe` and `/health`: transcribe a call for SIPREC's provider `opensource`."""

from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whisperfarm_contract import language_tags
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.assumed_audio import AssumedAudio
from whisperfarm_dispatcher.api.facades.models import model_option
from whisperfarm_dispatcher.api.facades.opensource import description
from whisperfarm_dispatcher.api.facades.opensource.headerless import assumed_options
from whisperfarm_dispatcher.api.synchronous import finished_transcript
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.api.upload.upload import open_upload, submit_audio
from whisperfarm_dispatcher.dependencies import Dependencies

router = APIRouter(tags=["siprec"])

AUDIO_PARTS = frozenset({"audio", "file"})

_HUB_PREFIX = "openai/whisper-"
"""Start of the names of Whisper's models on the Hugging Face hub."""


@router.post("/stt/transcribe", summary="Transcribe a call of SIPREC", **description.TRANSCRIBE)
async def transcribe_call(request: Request, deps: Deps, tenant: Tenant) -> Response:
    """Stores the recording, waits for its job to end, and returns the transcript as JSON.

    The recording may be headerless if the name of its file ends with its encoding.
    """
    fields = _fields(deps)
    filename, content = await open_upload(request, fields, deps.settings, audio_parts=AUDIO_PARTS)
    audio = AssumedAudio(content, fields.options, partial(assumed_options, filename))
    job = await submit_audio(
        request, deps, tenant=tenant, fields=fields.options, filename=filename, audio=audio.read()
    )
    transcript = await finished_transcript(request, deps, job)
    return JSONResponse(
        {**transcript.to_wire(), "warnings": [*audio.warnings, *transcript.warnings]}
    )


@router.get("/health", summary="Liveness, for SIPREC", **description.HEALTH)
async def health() -> JSONResponse:
    """Returns 200 as long as the process is alive."""
    return JSONResponse({"status": "ok"})


def _fields(deps: Dependencies) -> FormFields:
    return FormFields(
        {"filename": str},
        translators={"model": partial(_model, deps), "language": _language},
    )


def _model(deps: Dependencies, name: str) -> Mapping[str, str]:
    own = name.removeprefix(_HUB_PREFIX)
    model = own if own in deps.presets else name
    return model_option(model, deps.presets, deps.settings.aliases)


def _language(tag: str) -> Mapping[str, str]:
    return {"language": language_tags.normalize(tag)}

"""`/job/{id}` and `/results/{id}`, for clients of LinTO's transcription service.

They submit recordings by `/transcribe`, which the farm's own clients also use.
"""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import UnknownOption
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.facades.linto import answers, description
from whisperfarm_dispatcher.api.facades.linto.errors import LintoRoute
from whisperfarm_dispatcher.api.facades.linto.fields import RESULT_READERS
from whisperfarm_dispatcher.api.polls import read_job
from whisperfarm_dispatcher.api.synchronous import default_transcript, finished_transcript
from whisperfarm_dispatcher.api.upload.upload import query_fields
from whisperfarm_dispatcher.dependencies import Dependencies

router = APIRouter(tags=["linto"], route_class=LintoRoute)


@router.get("/job/{job_id}", summary="Get the state of a job", **description.JOB)
async def linto_job(deps: Deps, tenant: Tenant, job_id: str) -> Response:
    """Returns the state of a job as LinTO does, with the steps of one that has started."""
    job = await read_job(deps, job_id, tenant=tenant)
    status, document = answers.job_status(job)
    return JSONResponse(document, status)


@router.get("/results/{result_id}", summary="Get a transcript", **description.RESULT)
async def linto_result(request: Request, deps: Deps, tenant: Tenant, result_id: str) -> Response:
    """Returns the transcript of a job in the media type that `Accept` names."""
    media_type = answers.media_type(request.headers.get("accept"))
    _check_parameters(request)
    job = await read_job(deps, result_id, tenant=tenant)
    transcript = await asyncio.to_thread(default_transcript, deps, job)
    return _text_response(answers.result(transcript, media_type), media_type)


async def submission_response(
    request: Request, deps: Dependencies, job: Job, *, waits: bool
) -> Response:
    """Return the response to a submission: the job's id, or its transcript if the client waits.

    It is JSON if `Accept` names no media type of LinTO: the recording is submitted already.
    """
    media_type = answers.preferred_type(request.headers.get("accept")) or answers.JSON
    if waits:
        transcript = await finished_transcript(request, deps, job)
        return _text_response(answers.result(transcript, media_type), media_type)
    shown_as = media_type if media_type == answers.JSON else "text/plain"
    return _text_response(answers.submitted(job, media_type), shown_as, status=201)


def _check_parameters(request: Request) -> None:
    for name, value in query_fields(request):
        if name not in RESULT_READERS:
            raise UnknownOption(f"{name}: the farm has no such parameter; omit it")
        if value:
            RESULT_READERS[name](value)


def _text_response(content: str, media_type: str, *, status: int = 200) -> Response:
    return Response(content, status, media_type=media_type, headers={"Vary": "Accept"})

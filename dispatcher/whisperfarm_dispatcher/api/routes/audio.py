"""`/v1/jobs/{id}/audio`: the recording of a job, in whole or in part."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from whisperfarm_contract.problems import RecordingExpired, UnknownOption
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.blob_response import blob_response
from whisperfarm_dispatcher.api.media_types import UNKNOWN_TYPE
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.redact_parameter import Redact, requested_kinds
from whisperfarm_dispatcher.api.redacted_audio import find_redacted, redacted_filename
from whisperfarm_dispatcher.api.results import recording_expired

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/audio", summary="Get the recording", **endpoints.AUDIO)
def get_audio(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    deps: Deps,
    tenant: Tenant,
    job_id: str,
    redact: Redact = None,
    range: Annotated[str | None, Header()] = None,
) -> Response:
    """Returns the recording as it was submitted, or the part that the header `Range` names.

    With `redact`, returns the redacted copy of a job that was submitted with `redact`: a WAV file.
    """
    for name in request.query_params.keys() - {"redact"}:
        raise UnknownOption(f"{name}: the recording is returned as it was submitted; omit it")
    job = deps.ledger.jobs.get(job_id, tenant=tenant)

    def record(facts: Mapping[str, Any]) -> None:
        deps.exports.record(job_id, {"what": "audio", **facts}, origin_of(request))

    kinds = requested_kinds(deps, redact)
    if kinds is None:
        try:
            response = blob_response(
                deps.blobs,
                job.audio.key,
                filename=job.audio.filename,
                range=range,
                record=partial(record, {}),
            )
        except RecordingExpired:
            raise recording_expired(job) from None
        if job.options.leg_offsets_s:  # files one after the other: a player would play the first
            response.headers["Content-Type"] = UNKNOWN_TYPE
        return response
    return blob_response(
        deps.blobs,
        find_redacted(deps, job, kinds),
        filename=redacted_filename(job, kinds),
        range=range,
        record=partial(record, {"redacted": sorted(kinds)}),
    )

"""`/v1/speakers`: the voices by which jobs with `name_speakers` name people."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.openapi import speakers as described
from whisperfarm_dispatcher.api.speaker_wire import MAX_BODY_BYTES, from_text, to_wire
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_store.ledger import Speaker

router = APIRouter(prefix="/v1/speakers", tags=["speakers"])


@router.post("", status_code=201, summary="Enrol a speaker", **described.ENROL)
async def enrol_speaker(request: Request, deps: Deps, tenant: Tenant) -> JSONResponse:
    """Enrols the voice of a speaker of a job that was submitted with `keep_voices`, under a name.

    A note of the person's consent is required. The same request again has the same answer. The
    audit log gets an entry, without the name.
    """
    text = await read_text(read_body(request, deps.settings), max_bytes=MAX_BODY_BYTES)
    wanted, by = from_text(text), caller_of(request).at(request)
    made: Speaker = await run_in_threadpool(deps.ledger.speakers.enrol, tenant, wanted, by=by)
    location = {"Location": f"{router.prefix}/{made.id}"}
    return JSONResponse(to_wire(made), status_code=201, headers=location)


@router.get("", summary="List speakers", **described.LIST)
def list_speakers(deps: Deps, tenant: Tenant) -> JSONResponse:
    """Returns all enrolled voices of the caller's tenant, by name. A name may have several."""
    listed: list[dict[str, Any]] = [to_wire(one) for one in deps.ledger.speakers.list(tenant)]
    return JSONResponse({"speakers": listed})


@router.get("/{speaker_id}", summary="Show a speaker", **described.GET)
def get_speaker(deps: Deps, tenant: Tenant, speaker_id: str) -> JSONResponse:
    """Returns an enrolled voice: name, consent, origin, and who enrolled it when."""
    return JSONResponse(to_wire(deps.ledger.speakers.get(tenant, speaker_id)))


@router.delete("/{speaker_id}", status_code=204, summary="Erase a speaker", **described.ERASE)
def erase_speaker(request: Request, deps: Deps, tenant: Tenant, speaker_id: str) -> Response:
    """Erases an enrolled voice at once, with what jobs have kept of it.

    Transcripts that were made with it keep the name. The audit log gets an entry.
    """
    deps.ledger.speakers.erase(tenant, speaker_id, by=caller_of(request).at(request))
    return Response(status_code=204)

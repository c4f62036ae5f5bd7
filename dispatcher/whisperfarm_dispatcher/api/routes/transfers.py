"""`/v1/transfers/{id}`: send a recording in chunks, and make its job."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from whisperfarm_contract.forwarding import MAX_CHUNK_BYTES, OFFSET_HEADER
from whisperfarm_contract.problems import AudioTooLarge
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.openapi import transfers as described
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.responses import job_response
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.transfers import limits
from whisperfarm_dispatcher.transfers.chunks import Chunks
from whisperfarm_dispatcher.transfers.request import MAX_BODY_BYTES, check_id, read_request
from whisperfarm_dispatcher.transfers.submission import find_job, submit_transfer

router = APIRouter(prefix="/v1/transfers", tags=["transfers"])

TransferId = Annotated[str, Path(json_schema_extra={"pattern": "^[A-Za-z0-9_-]{1,64}$"})]
Offset = Annotated[int, Header(alias=OFFSET_HEADER, ge=0, description="First byte of the chunk.")]


@router.get("/{transfer_id}", summary="Get a transfer", **described.GET)
def get_transfer(deps: Deps, tenant: Tenant, transfer_id: TransferId) -> JSONResponse:
    """Returns how many bytes have arrived, and the id of the job once it is made."""
    return _response(deps, Chunks(deps.blobs, tenant, check_id(transfer_id)))


@router.patch("/{transfer_id}", summary="Send a chunk", **described.APPEND)
async def append_chunk(
    request: Request, deps: Deps, tenant: Tenant, transfer_id: TransferId, offset: Offset
) -> JSONResponse:
    """Stores the next bytes of the recording, and returns how many have arrived.

    The first chunk begins the transfer; its id is chosen by the caller.
    """
    chunks = Chunks(deps.blobs, tenant, check_id(transfer_id))
    data = b""
    async for block in read_body(request, deps.settings):
        data += block
        if len(data) > MAX_CHUNK_BYTES:
            raise AudioTooLarge(f"the chunk has more than {MAX_CHUNK_BYTES} bytes; send less")
    max_bytes = deps.settings.max_upload_bytes
    await run_in_threadpool(limits.check, chunks, offset, data, max_bytes=max_bytes)
    end = await run_in_threadpool(chunks.append, offset, data)
    return JSONResponse({"offset": end, "job": None}, headers={OFFSET_HEADER: str(end)})


@router.delete("/{transfer_id}", summary="Delete a transfer", **described.GET)
def delete_transfer(deps: Deps, tenant: Tenant, transfer_id: TransferId) -> JSONResponse:
    """Deletes the bytes that have arrived. A job that was made of them stays."""
    chunks = Chunks(deps.blobs, tenant, check_id(transfer_id))
    chunks.delete()
    return _response(deps, chunks)


@router.post("/{transfer_id}/job", status_code=202, summary="Make the job", **described.SUBMIT)
async def submit_transfer_job(
    request: Request, deps: Deps, tenant: Tenant, transfer_id: TransferId
) -> Response:
    """Makes the job of the recording, once, and returns it. Its chunks are deleted.

    Before the recording is complete, the options are checked, and the problem has the `offset`.
    """
    chunks = Chunks(deps.blobs, tenant, check_id(transfer_id))
    text = await read_text(read_body(request, deps.settings), max_bytes=MAX_BODY_BYTES)
    origin, key = origin_of(request), caller_of(request).key_quota
    job = await submit_transfer(deps, chunks, read_request(text), origin=origin, key=key)
    request.state.job = job.id  # for the access log
    return job_response(job, status=202)


def _response(deps: Dependencies, chunks: Chunks) -> JSONResponse:
    job, offset = find_job(deps.ledger, chunks), chunks.offset()
    content = {"offset": offset, "job": job and job.id}
    return JSONResponse(content, headers={OFFSET_HEADER: str(offset)})

"""Makes the job of a transfer: once, however often it is asked for."""

import asyncio
from dataclasses import replace

from whisperfarm_contract.identifiers import transfer_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import AudioTooLarge
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission.daily_quota import KeyQuota
from whisperfarm_dispatcher.submission.filenames import base_name
from whisperfarm_dispatcher.submission.submit import NewJob, precheck, submit
from whisperfarm_dispatcher.transfers.chunked_file import ChunkedFile
from whisperfarm_dispatcher.transfers.chunks import Chunks, incomplete
from whisperfarm_dispatcher.transfers.legs import read_legs
from whisperfarm_dispatcher.transfers.recording import read_recording
from whisperfarm_dispatcher.transfers.request import TransferRequest
from whisperfarm_store.ledger import Ledger, Origin


def find_job(ledger: Ledger, chunks: Chunks) -> Job | None:
    """Return the job that the transfer has made, if it has."""
    return ledger.jobs.find(_key(chunks), tenant=chunks.tenant)


async def submit_transfer(
    deps: Dependencies, chunks: Chunks, request: TransferRequest, *, origin: Origin, key: KeyQuota
) -> Job:
    """Return the job of the transfer, which is made if the recording is complete.

    Options are checked before, so that they cost no upload. Raises `TransferIncomplete` with the
    offset, and like `submit`, `read_legs` and `read_recording`.
    """
    existing = await asyncio.to_thread(find_job, deps.ledger, chunks)
    if existing is None:
        new_job = NewJob(
            tenant=chunks.tenant,
            fields=request.fields,
            filename=base_name(request.filename),
            idempotency_key=_key(chunks),
            origin=origin,
            key=key,
        )
        existing = await _submit(deps, chunks, request, new_job)
    await asyncio.to_thread(chunks.delete)
    return existing


async def _submit(
    deps: Dependencies, chunks: Chunks, request: TransferRequest, new_job: NewJob
) -> Job:
    precheck(deps, new_job)
    max_bytes = deps.settings.max_upload_bytes
    if request.size_bytes > max_bytes:
        raise AudioTooLarge(f"the recording is larger than this farm's limit of {max_bytes} bytes")
    offset = await asyncio.to_thread(chunks.offset)
    if offset != request.size_bytes:
        raise incomplete(offset)
    arrived = await asyncio.to_thread(chunks.contiguous)
    if "leg_offset_s" in request.fields:
        legs = await asyncio.to_thread(read_legs, ChunkedFile(chunks.blobs, arrived))
        new_job = replace(new_job, legs=legs)
    keys = [chunk.key for chunk in arrived]
    body = read_recording(chunks.blobs, keys, expected_sha256=request.sha256)
    return await submit(deps, new_job, body)


def _key(chunks: Chunks) -> str:
    return transfer_key(chunks.transfer_id)

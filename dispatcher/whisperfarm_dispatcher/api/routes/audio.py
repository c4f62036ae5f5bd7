"""`/v1/jobs/{id}/audio`: the recording of a job, in whole or in part."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse

from whisperfarm_contract.media.recognition import recognize
from whisperfarm_contract.problems import RecordingExpired, UnknownOption
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.byte_range import ByteRange, UnsatisfiableRange, read_range
from whisperfarm_dispatcher.api.media_types import MEDIA_TYPES, UNKNOWN_TYPE
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.results import recording_expired
from whisperfarm_store.blobs import BlobNotFound, Blobs

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

BLOCK_BYTES = 1 << 18


@router.get("/{job_id}/audio", summary="Get the recording", **endpoints.AUDIO)
def get_audio(
    request: Request,
    deps: Deps,
    tenant: Tenant,
    job_id: str,
    range: Annotated[str | None, Header()] = None,
) -> Response:
    """Returns the recording as it was submitted, or the part that the header `Range` names.

    It takes no options, and is never redacted.
    """
    for name in request.query_params:
        raise UnknownOption(f"{name}: the recording is returned as it was submitted; omit it")
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    audio = job.audio
    size_bytes = deps.blobs.size(audio.key)
    if size_bytes is None:
        raise recording_expired(job)
    headers = {
        **{"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"},
        # The caller may have sent a web page: a browser must not show it as one of the farm's.
        **{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(audio.filename, safe='')}",
    }
    try:
        part = read_range(range, size_bytes)
    except UnsatisfiableRange:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size_bytes}"})
    sent = part or ByteRange(0, size_bytes)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size_bytes}"
    headers["Content-Length"] = str(sent.end - sent.start)
    deps.exports.record(job_id, {"what": "audio"}, origin_of(request))
    media_type, blocks = _read(deps.blobs, audio.key, sent)
    if job.options.leg_offsets_s:  # files one after the other: a player would play the first alone
        media_type = UNKNOWN_TYPE
    return StreamingResponse(
        blocks, 200 if part is None else 206, media_type=media_type, headers=headers
    )


def _read(blobs: Blobs, key: str, part: ByteRange) -> tuple[str, Iterator[bytes]]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(blobs.open(key))
        except BlobNotFound:
            raise RecordingExpired("the recording was deleted") from None
        found = recognize(file)
        opened = stack.pop_all()

    def blocks() -> Iterator[bytes]:
        with opened:
            file.seek(part.start)
            remaining = part.end - part.start
            while remaining and (block := file.read(min(BLOCK_BYTES, remaining))):
                remaining -= len(block)
                yield block

    name = "" if found is None else found.container.name
    return MEDIA_TYPES.get(name, UNKNOWN_TYPE), blocks()

"""Sends a blob with audio, in whole or in part."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from whisperfarm_contract.media.recognition import recognize
from whisperfarm_contract.problems import RecordingExpired
from whisperfarm_dispatcher.api.byte_range import ByteRange, UnsatisfiableRange, read_range
from whisperfarm_dispatcher.api.media_types import MEDIA_TYPES, UNKNOWN_TYPE
from whisperfarm_store.blobs import BlobNotFound, Blobs

BLOCK_BYTES = 1 << 18


def blob_response(
    blobs: Blobs, key: str, *, filename: str, range: str | None, record: Callable[[], None]
) -> Response:
    """Return the blob, or the part that the header `Range` names, after a call of `record`.

    Raises `RecordingExpired` if it was deleted.
    """
    size_bytes = blobs.size(key)
    if size_bytes is None:
        raise RecordingExpired("the recording was deleted")
    headers = {
        **{"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"},
        # The caller may have sent a web page: a browser must not show it as one of the farm's.
        **{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(filename, safe='')}",
    }
    try:
        part = read_range(range, size_bytes)
    except UnsatisfiableRange:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size_bytes}"})
    sent = part or ByteRange(0, size_bytes)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size_bytes}"
    headers["Content-Length"] = str(sent.end - sent.start)
    record()
    media_type, blocks = _read(blobs, key, sent)
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

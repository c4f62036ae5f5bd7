"""Submits the recording of a request: a form with a file, or the bare audio as the body."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import AudioTooLarge, BadRequest
from whisperfarm_dispatcher.api.upload.form import Form
from whisperfarm_dispatcher.api.upload.form_fields import Fields, Reader
from whisperfarm_dispatcher.api.upload.multipart import events
from whisperfarm_dispatcher.api.upload.stall_timeout import bounded
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.filenames import base_name
from whisperfarm_dispatcher.submission.submit import NewJob, accept

FORM_BYTES = 1 << 20
"""Most bytes of a form besides its file."""

_KEY = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted job, and the endpoint's own fields of the request."""

    job: Job
    own: Mapping[str, Any]


async def submit(
    request: Request, parts: Parts, *, tenant: str, own: Mapping[str, Reader]
) -> Submission:
    """Submit the request's recording. `own` parses the fields that are not options.

    Raises like `accept`, and `AudioMissing` or `BadRequest` if the request is not an upload.
    """
    fields = Fields({"filename": str, **own})
    for name, value in request.query_params.multi_items():
        fields.add(name, value)
    filename, audio = await _open(request, fields, parts.settings)
    asked = NewJob(
        tenant=tenant,
        fields=fields.options,
        filename=base_name(filename),
        idempotency_key=_idempotency_key(request),
    )
    job = await accept(parts, asked, audio)
    request.state.job = job.id  # for the access log
    return Submission(job, fields.own)


async def _open(
    request: Request, fields: Fields, settings: DispatcherSettings
) -> tuple[str, AsyncIterator[bytes]]:
    """Return the file's name and its bytes, once the file starts."""
    body = _body(request, settings)
    media_type, words = parse_options_header(request.headers.get("content-type"))
    if media_type == b"multipart/form-data":
        form = Form(events(body, _boundary(words)), fields)
        return await form.filename(), form.audio()
    if media_type == b"application/x-www-form-urlencoded":
        raise BadRequest(
            "the Content-Type application/x-www-form-urlencoded is not supported; send"
            " multipart/form-data with a part called 'file', or the audio itself as the body with"
            " a Content-Type such as audio/wav"
        )
    return fields.own.get("filename") or "", body


async def _body(request: Request, settings: DispatcherSettings) -> AsyncIterator[bytes]:
    """Yield the body as it arrives. Raises `AudioTooLarge` as soon as its size is known.

    An upload may take as long as the longest recording, because some are sent while recorded.
    """
    most_bytes = settings.max_upload_bytes
    too_large = AudioTooLarge(f"the request is larger than this farm's limit of {most_bytes} bytes")
    if _content_length(request) > most_bytes + FORM_BYTES:
        raise too_large
    came_bytes = 0
    stall_s = settings.upload_stall_s
    most_s = settings.max_audio_s + stall_s
    async for chunk in bounded(request.stream(), stall_s=stall_s, most_s=most_s):
        came_bytes += len(chunk)
        if came_bytes > most_bytes + FORM_BYTES:
            raise too_large
        yield chunk


def _content_length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isdecimal() else 0


def _boundary(words: Mapping[bytes, bytes]) -> bytes:
    if not words.get(b"boundary"):
        raise BadRequest("the Content-Type multipart/form-data has no boundary; add one")
    return words[b"boundary"]


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest("invalid Idempotency-Key header; send 1 to 200 printable ASCII characters")
    return key

"""Taking a recording out of a request: a form with a file in it, or the bare audio as the body."""

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
"""Room in a body for what a form has beside its file."""

_KEY = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Submission:
    """A job that was accepted, and the fields of the request that were for the door."""

    job: Job
    own: Mapping[str, Any]


async def submit(
    request: Request, parts: Parts, *, tenant: str, own: Mapping[str, Reader]
) -> Submission:
    """Accept the recording that the request carries. `own` are the fields that are not options.

    Raises what `accept` raises, and `AudioMissing` or `BadRequest` for what is no upload.
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
    """The file's name and its bytes, once they begin."""
    body = _body(request, settings)
    media_type, words = parse_options_header(request.headers.get("content-type"))
    if media_type == b"multipart/form-data":
        form = Form(events(body, _boundary(words)), fields)
        return await form.filename(), form.audio()
    if media_type == b"application/x-www-form-urlencoded":
        raise BadRequest(
            "a recording does not travel as application/x-www-form-urlencoded: send"
            " multipart/form-data with a part called 'file', or the audio itself as the body with"
            " a Content-Type such as audio/wav"
        )
    return fields.own.get("filename") or "", body


async def _body(request: Request, settings: DispatcherSettings) -> AsyncIterator[bytes]:
    """The body as it arrives. One that is too large is refused as soon as that is known.

    It may take as long as the longest recording plays: some are sent while they are made.
    """
    most_bytes = settings.max_upload_bytes
    too_large = AudioTooLarge(f"the request has more than the {most_bytes} bytes this farm takes")
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
        raise BadRequest("the Content-Type multipart/form-data needs a boundary")
    return words[b"boundary"]


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest("the Idempotency-Key header takes 1 to 200 printable ASCII characters")
    return key

"""Submits the recording of a request: a form with a file, or the bare audio as the body."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.multipart import parse_options_header

from whisperfarm_contract.identifiers import RESERVED_KEYS
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import AudioTooLarge, ClientError, MissingAudio
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.upload import audio_url
from whisperfarm_dispatcher.api.upload.disposition import decode
from whisperfarm_dispatcher.api.upload.form import AUDIO_PARTS, Form
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.api.upload.multipart import parse_events
from whisperfarm_dispatcher.api.upload.stall_timeout import with_stall_timeout
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.download import open_downloads
from whisperfarm_dispatcher.submission.filenames import base_name
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_dispatcher.submission.submit import NewJob, submit

FORM_OVERHEAD_BYTES = 1 << 20
"""Most bytes of a form besides its file."""

_IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,200}")


async def submit_request(
    request: Request,
    deps: Dependencies,
    *,
    tenant: str,
    fields: FormFields,
    audio_parts: frozenset[str] = AUDIO_PARTS,
    legs: LegRecorder | None = None,
) -> Job:
    """Submit the request's recording, and add the fields of its query and form to `fields`.

    With `legs`, a form may have several recordings of one call. If `fields` reads `audio_url`, the
    recording may be at an address, or each leg at one. Raises like `submit` and `open_downloads`,
    and `MissingAudio` or `ClientError` if the request is not an upload.
    """
    filename, audio = await open_upload(
        request, fields, deps.settings, audio_parts=audio_parts, legs=legs
    )
    urls = audio_url.read_urls(fields)
    if not urls:
        audio = audio_url.without_url(audio, fields)
        return await submit_audio(
            request, deps, tenant=tenant, fields=fields.options, filename=filename, audio=audio,
            legs=legs,
        )  # fmt: skip
    await audio_url.require_no_audio(audio)
    filename = filename or fields.extra_fields.get("filename") or audio_url.file_name(urls[0])
    audio_url.check(urls, deps.settings.networks)
    legs = LegRecorder()
    async with open_downloads(HttpClient(deps.settings.networks), urls, legs) as audio:
        return await submit_audio(
            request, deps, tenant=tenant, fields=fields.options, filename=filename, audio=audio,
            urls=urls, legs=legs,
        )  # fmt: skip


async def submit_audio(
    request: Request,
    deps: Dependencies,
    *,
    tenant: str,
    fields: Mapping[str, str],
    audio: AsyncIterator[bytes],
    filename: str = "",
    urls: Sequence[str] = (),
    legs: LegRecorder | None = None,
) -> Job:
    """Submit a recording, which may come from URLs. `fields` and `legs` may grow while it is read.

    Raises like `submit`.
    """
    new_job = NewJob(
        tenant=tenant,
        fields=fields,
        filename=base_name(filename),
        idempotency_key=idempotency_key(request),
        audio_urls=urls,
        origin=origin_of(request),
        legs=legs or LegRecorder(),
        key=caller_of(request).key_quota,
    )
    job = await submit(deps, new_job, audio)
    request.state.job = job.id  # for the access log
    return job


def query_fields(request: Request) -> Iterator[tuple[str, str]]:
    """Yield the fields of the query, each in UTF-8 or else in Latin-1."""
    query = request.scope["query_string"].decode("latin-1")
    for pair in parse_qsl(query, keep_blank_values=True, encoding="latin-1"):
        name, value = (decode(text.encode("latin-1")) for text in pair)
        yield name, value


async def open_upload(
    request: Request,
    fields: FormFields,
    settings: DispatcherSettings,
    *,
    audio_parts: frozenset[str] = AUDIO_PARTS,
    legs: LegRecorder | None = None,
) -> tuple[str, AsyncIterator[bytes]]:
    """Return the file's name and its bytes, once the file starts. `legs` records several files.

    The fields of the query are added to `fields` at once, those of the form as they arrive.
    """
    for name, value in query_fields(request):
        fields.add(name, value)
    body = read_body(request, settings)
    media_type, parameters = parse_options_header(request.headers.get("content-type"))
    if media_type == b"multipart/form-data":
        events = parse_events(body, _boundary(parameters))
        form = Form(events, fields, audio_parts=audio_parts, legs=legs)
        try:
            return await form.filename(), form.audio()
        except MissingAudio:
            if not audio_url.read_urls(fields):
                raise
            return "", form.audio()
    if media_type == b"application/x-www-form-urlencoded":
        raise ClientError(
            "the Content-Type application/x-www-form-urlencoded is not supported; send"
            " multipart/form-data with the audio in a part, or the audio itself as the body with a"
            " Content-Type such as audio/wav"
        )
    return fields.extra_fields.get("filename") or "", body


async def read_body(request: Request, settings: DispatcherSettings) -> AsyncIterator[bytes]:
    """Yield the body as it arrives. Raises `AudioTooLarge` as soon as its size is known.

    An upload may take as long as the longest recording, because some are sent while recorded.
    """
    max_bytes = settings.max_upload_bytes
    too_large = AudioTooLarge(f"the request is larger than this farm's limit of {max_bytes} bytes")
    if _content_length(request) > max_bytes + FORM_OVERHEAD_BYTES:
        raise too_large
    received_bytes = 0
    stall_timeout_s = settings.upload_stall_s
    max_s = settings.max_audio_s + stall_timeout_s
    async for chunk in with_stall_timeout(
        request.stream(), stall_timeout_s=stall_timeout_s, max_s=max_s
    ):
        received_bytes += len(chunk)
        if received_bytes > max_bytes + FORM_OVERHEAD_BYTES:
            raise too_large
        yield chunk


def _content_length(request: Request) -> int:
    value = request.headers.get("content-length", "")
    return int(value) if value.isdecimal() else 0


def _boundary(parameters: Mapping[bytes, bytes]) -> bytes:
    if not parameters.get(b"boundary"):
        raise ClientError("the Content-Type multipart/form-data has no boundary; add one")
    return parameters[b"boundary"]


def idempotency_key(request: Request) -> str | None:
    """Return the request's idempotency key, if it has one. Raises `ClientError`."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise ClientError(
            "invalid Idempotency-Key header; send 1 to 200 printable ASCII characters"
        )
    if key is not None and key.startswith(RESERVED_KEYS):
        names = " and ".join(RESERVED_KEYS)
        raise ClientError(f"Idempotency-Key: {names} begin keys of the farm; send another key")
    return key

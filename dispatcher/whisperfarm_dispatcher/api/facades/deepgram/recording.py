"""Opens the recording of a request: its body, or what is at the URL in the body."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header

from whisperfarm_contract.problems import ClientError, InvalidOption
from whisperfarm_dispatcher.api.facades import headerless
from whisperfarm_dispatcher.api.facades.deepgram.query import ListenRequest
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.submission.download import open_downloads
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder

MAX_JSON_BYTES = 16 << 10
"""Longest JSON body. It has a URL and nothing else."""

_FORMS = frozenset({b"multipart/form-data", b"application/x-www-form-urlencoded"})

Audio = AsyncIterator[bytes]


@asynccontextmanager
async def open_recording(request: Request, deps: Dependencies) -> AsyncIterator[Audio]:
    """Yield the bytes of the recording. Raises `ClientError` for a body that is not one, and like
    `open_downloads`."""
    media_type, _ = parse_options_header(request.headers.get("content-type"))
    body = read_body(request, deps.settings)
    if media_type in _FORMS:
        raise ClientError(
            f"the Content-Type {media_type.decode()} is not supported; send the audio itself as the"
            " body with a Content-Type such as audio/wav"
        )
    if media_type != b"application/json":
        yield body
        return
    url = read_url(await _read_json(body))
    async with open_downloads(HttpClient(deps.settings.networks), [url], LegRecorder()) as audio:
        yield audio


async def with_header(listen: ListenRequest, audio: Audio) -> tuple[Mapping[str, str], Audio]:
    """Return the options and the audio, which agree on whether it has a header.

    Audio with a header needs no encoding, whatever the caller says. Headerless audio of several
    channels gets a header. Raises `InvalidOption` if its encoding does not permit that.
    """
    encoding = listen.options.get("encoding")
    if encoding is None:
        return listen.options, audio
    head, audio = await headerless.peek(audio)
    without = {
        name: value
        for name, value in listen.options.items()
        if name not in {"encoding", "sample_rate"}
    }
    if headerless.has_header(head):
        return without, audio
    if listen.raw_channels == 1:
        return listen.options, audio
    header = _wav_header(encoding, listen.options.get("sample_rate"), listen.raw_channels)
    return without, headerless.prepend(header if head else b"", audio)


def read_url(body: Any) -> str:
    """Return the URL in a JSON body. Raises `ClientError` if there is none, or another member."""
    if not isinstance(body, dict) or not isinstance(body.get("url"), str):
        raise ClientError('the JSON body has no URL; send {"url": "https://..."}')
    for name in body.keys() - {"url"}:
        raise ClientError(f"{name[:100]}: the JSON body has a member besides url; omit it")
    return str(body["url"])


async def _read_json(body: Audio) -> Any:
    content = await read_text(body, max_bytes=MAX_JSON_BYTES)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ClientError("the body is not JSON, which its Content-Type states") from None


def _wav_header(encoding: str, sample_rate: str | None, channels: int) -> bytes:
    if encoding not in headerless.WAV_ENCODINGS:
        raise InvalidOption(
            f"channels: headerless audio in {encoding} has one channel; send a file with a header"
        )
    if sample_rate is None:
        raise InvalidOption("encoding: headerless audio has no sample rate; set sample_rate in Hz")
    return headerless.wav_header(encoding, rate_hz=int(sample_rate), channels=channels)

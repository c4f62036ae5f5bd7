"""Reads the recording that a message names, block by block."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator

from whisperfarm_contract.problems import AddressUnreachable, ClientError, MissingAudio
from whisperfarm_dispatcher.amqp.message import AudioSource, BlobAudio, InlineAudio, UrlAudio
from whisperfarm_dispatcher.egress import HttpClient, HttpResponse
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import BlobNotFound, Blobs

STALL_TIMEOUT_S = 30.0
TIMEOUT_S = 1200.0
"""The longest pause of a server, and the longest download. RabbitMQ takes a message back that is
not acknowledged for half an hour, so a download must be shorter."""

_OK = 200
_RETRYABLE = frozenset({408, 425, 429})
_SERVER_ERROR = 500


def iter_blocks(
    source: AudioSource, blobs: Blobs, http_client: HttpClient
) -> Generator[bytes, None, None]:
    """Yield the recording in blocks. It is opened with the first block; close the generator.

    Raises `MissingAudio` if there is no such recording, `ClientError` for an invalid blob key,
    `ForbiddenAddress` for a forbidden address, and `AddressUnreachable` if a retry may succeed.
    """
    match source:
        case InlineAudio(data):
            yield data
        case BlobAudio(key):
            yield from _from_blob(blobs, key)
        case UrlAudio(url):
            yield from _from_url(http_client, url)


async def aiter_blocks(source: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Iterate over the blocks from async code; each block is read in a thread."""
    while (block := await asyncio.to_thread(next, source, None)) is not None:
        yield block


def _from_blob(blobs: Blobs, key: str) -> Iterator[bytes]:
    try:
        with blobs.open(key) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except ValueError as error:
        raise ClientError(f"audio: {error}") from error
    except BlobNotFound as problem:
        raise MissingAudio(f"audio: there is no blob {key}") from problem


def _from_url(http_client: HttpClient, url: str) -> Iterator[bytes]:
    headers = {"Accept-Encoding": "identity"}
    with http_client.request(
        "GET", url, headers=headers, stall_timeout_s=STALL_TIMEOUT_S, timeout_s=TIMEOUT_S
    ) as response:
        _raise_for_status(response)
        yield from response.body


def _raise_for_status(response: HttpResponse) -> None:
    if response.status == _OK:
        return
    detail = f"audio: the server answered {response.status}"
    if response.status in _RETRYABLE or response.status >= _SERVER_ERROR:
        raise AddressUnreachable(detail)
    raise MissingAudio(f"{detail}; name the recording's final URL, redirects are not followed")

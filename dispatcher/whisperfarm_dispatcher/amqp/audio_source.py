"""Reads the recording that a message names, block by block."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator

from whisperfarm_contract.problems import AddressUnreachable, AudioMissing, BadRequest
from whisperfarm_dispatcher.amqp.message import AtUrl, Inline, InStore, Source
from whisperfarm_dispatcher.egress import Answer, Outgoing
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import BlobMissing, Blobs

STALL_S = 30.0
TOTAL_S = 1200.0
"""The longest pause of a server, and the longest download. RabbitMQ takes a message back that is
not acknowledged for half an hour, so a download must be shorter."""

_OK = 200
_LATER = frozenset({408, 425, 429})
_FAULTS = 500


def blocks(source: Source, blobs: Blobs, outgoing: Outgoing) -> Generator[bytes, None, None]:
    """Yield the recording in blocks. It is opened with the first block; close the generator.

    Raises `AudioMissing` if there is no such recording, `BadRequest` for an invalid blob key,
    `AddressRefused` for a forbidden address, and `AddressUnreachable` if a retry may succeed.
    """
    match source:
        case Inline(data):
            yield data
        case InStore(key):
            yield from _from_store(blobs, key)
        case AtUrl(url):
            yield from _from_url(outgoing, url)


async def flow(source: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Iterate over the blocks from async code; each block is read in a thread."""
    while (block := await asyncio.to_thread(next, source, None)) is not None:
        yield block


def _from_store(blobs: Blobs, key: str) -> Iterator[bytes]:
    try:
        with blobs.open(key) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except ValueError as error:
        raise BadRequest(f"audio: {error}") from error
    except BlobMissing as problem:
        raise AudioMissing(f"audio: there is no blob {key}") from problem


def _from_url(outgoing: Outgoing, url: str) -> Iterator[bytes]:
    headers = {"Accept-Encoding": "identity"}
    with outgoing.request("GET", url, headers=headers, stall_s=STALL_S, total_s=TOTAL_S) as answer:
        _check(answer)
        yield from answer.body


def _check(answer: Answer) -> None:
    if answer.status == _OK:
        return
    about = f"audio: the server answered {answer.status}"
    if answer.status in _LATER or answer.status >= _FAULTS:
        raise AddressUnreachable(about)
    raise AudioMissing(f"{about}; name the recording's final URL, redirects are not followed")

"""Reads the recording that a message names, block by block."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator, Sequence

from whisperfarm_contract.problems import ClientError, MissingAudio
from whisperfarm_dispatcher.amqp.message import AudioSource, BlobAudio, InlineAudio, UrlAudio
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.submission import download, leg_blocks
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES
from whisperfarm_store.blobs import BlobNotFound, Blobs


def iter_all_blocks(
    sources: Sequence[AudioSource], blobs: Blobs, http_client: HttpClient, recorder: LegRecorder
) -> Generator[bytes, None, None]:
    """Yield one recording, or several and their index, which `recorder` records.

    Raises like `iter_blocks`; of several recordings, the problem has the label of the leg.
    """
    blocks = [iter_blocks(source, blobs, http_client) for source in sources]
    yield from leg_blocks.join(blocks, recorder)


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
            yield from download.iter_blocks(http_client, url)


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

"""Downloads the recording at an address that a caller named, block by block."""

from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from whisperfarm_contract.problems import AddressUnreachable, MissingAudio
from whisperfarm_dispatcher.egress import HttpClient, HttpResponse
from whisperfarm_dispatcher.submission import leg_blocks
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_dispatcher.submission.threads import run_in_thread

STALL_TIMEOUT_S = 30.0
TIMEOUT_S = 1200.0
"""The longest pause of a server, and the longest download. RabbitMQ takes a message back that is
not acknowledged for half an hour, so a download must be shorter."""

MAX_DOWNLOADS = 16
"""Downloads of an event loop at once; others wait. They have threads of their own, because servers
of callers may be slow, and the ledger needs the loop's threads."""

_OK = 200
_RETRYABLE = frozenset({408, 425, 429})
_SERVER_ERROR = 500

_THREADS = ThreadPoolExecutor(MAX_DOWNLOADS, thread_name_prefix="download")


@asynccontextmanager
async def open_downloads(
    http_client: HttpClient, urls: Sequence[str], recorder: LegRecorder
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Yield the blocks of the recording, or of the legs of a call, which `recorder` records.

    Closes the connection at the end. The blocks raise like those of `iter_blocks`.
    """
    blocks = leg_blocks.join([iter_blocks(http_client, url) for url in urls], recorder)
    try:
        yield _in_threads(blocks)
    finally:
        await run_in_thread(blocks.close, executor=_THREADS)


def iter_blocks(http_client: HttpClient, url: str) -> Generator[bytes, None, None]:
    """Yield the recording in blocks. The connection is opened for the first; close the generator.

    Redirects are not followed. Raises `MissingAudio` if there is no recording, `ForbiddenAddress`,
    and `AddressUnreachable` if a retry may succeed.
    """
    headers = {"Accept-Encoding": "identity"}
    with http_client.request(
        "GET", url, headers=headers, stall_timeout_s=STALL_TIMEOUT_S, timeout_s=TIMEOUT_S
    ) as response:
        _raise_for_status(response)
        yield from response.body


async def _in_threads(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (block := await run_in_thread(next, blocks, None, executor=_THREADS)) is not None:
        yield block


def _raise_for_status(response: HttpResponse) -> None:
    if response.status == _OK:
        return
    detail = f"audio: the server answered {response.status}"
    if response.status in _RETRYABLE or response.status >= _SERVER_ERROR:
        raise AddressUnreachable(detail)
    raise MissingAudio(f"{detail}; name the recording's final URL, redirects are not followed")

"""Streams a body into the blob store, block by block, while hashing and counting it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

from whisperfarm_contract.problems import AudioEmpty, AudioTooLarge
from whisperfarm_dispatcher.submission.inner_digest import InnerDigest
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.blobs import Blobs, BlobWriter

BLOCK_BYTES = 1 << 20
"""Bytes passed to a thread at once. A short call takes one switch of threads, a long one few."""

HEAD_BYTES = 1 << 16
"""First bytes of a recording that stay in memory until its job is inserted.

They include the `media.SNIFF_BYTES` that identify its format, and most headers. The rest of a
longer header is read from the blob store (`lazy_file`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudio:
    """A stored body. `head` are its first bytes, up to `HEAD_BYTES`.

    `inner_sha256` is the hash of the file that a second WAV header precedes, if it is one.
    """

    sha256: str
    size_bytes: int
    head: bytes
    inner_sha256: str | None = None


async def store(
    blobs: Blobs, key: str, body: AsyncIterator[bytes], *, max_bytes: int
) -> StoredAudio:
    """Write the body to the blob `key`. After any error or cancellation, no blob remains.

    Raises `AudioTooLarge`, `AudioEmpty`, `StorageFull`, and the exceptions of `body`.
    """
    blocks = _blocks(body)
    first = await anext(blocks, b"")
    if len(first) < BLOCK_BYTES:  # only the last block is shorter
        return await _store_short(blobs, key, first, max_bytes=max_bytes)
    async with _open_writer(blobs, key) as writer:
        audio_writer = _AudioWriter(writer, max_bytes=max_bytes)
        await run_in_thread(audio_writer.write, first)
        async for block in blocks:
            await run_in_thread(audio_writer.write, block)
        return audio_writer.finish()


async def _store_short(blobs: Blobs, key: str, body: bytes, *, max_bytes: int) -> StoredAudio:
    """Store a whole body with one switch of threads."""

    def write() -> StoredAudio:
        with blobs.writer(key) as writer:
            audio_writer = _AudioWriter(writer, max_bytes=max_bytes)
            audio_writer.write(body)
            return audio_writer.finish()

    try:
        return await run_in_thread(write)
    except asyncio.CancelledError:
        await run_in_thread(blobs.delete, key)
        raise


class _AudioWriter:
    """Writer that counts and hashes."""

    def __init__(self, writer: BlobWriter, *, max_bytes: int) -> None:
        self._writer = writer
        self._max_bytes = max_bytes
        self._digest = sha256()
        self._inner: InnerDigest | None = None
        self._size_bytes = 0
        self._head = b""

    def write(self, block: bytes) -> None:
        self._size_bytes += len(block)
        if self._size_bytes > self._max_bytes:
            raise AudioTooLarge(
                f"the audio is larger than this farm's limit of {self._max_bytes} bytes"
            )
        self._head += block[: HEAD_BYTES - len(self._head)]
        self._digest.update(block)
        self._inner = self._inner or InnerDigest(self._head)
        self._inner.update(block)
        self._writer.write(block)

    def finish(self) -> StoredAudio:
        if self._size_bytes == 0:
            raise AudioEmpty("the audio is empty; send a recording")
        digest = self._digest.hexdigest()
        return StoredAudio(
            sha256=digest,
            size_bytes=self._size_bytes,
            head=self._head,
            inner_sha256=self._inner.hexdigest() if self._inner else None,
        )


async def _blocks(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    block = bytearray()
    async for chunk in body:
        block += chunk
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@asynccontextmanager
async def _open_writer(blobs: Blobs, key: str) -> AsyncIterator[BlobWriter]:
    """Yield a writer. It is opened, committed or discarded in threads, since each may block."""
    blob = blobs.writer(key)
    writer = await run_in_thread(blob.__enter__)
    try:
        yield writer
    except BaseException as error:
        await run_in_thread(blob.__exit__, type(error), error, error.__traceback__)
        raise
    await run_in_thread(blob.__exit__, None, None, None)

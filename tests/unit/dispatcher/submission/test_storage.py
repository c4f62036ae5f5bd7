import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.servers.siprec import with_second_header
from tests.support.recordings import wav
from whisperfarm_contract.problems import AudioEmpty, AudioTooLarge
from whisperfarm_dispatcher.submission import storage
from whisperfarm_dispatcher.submission.storage import BLOCK_BYTES, HEAD_BYTES, StoredAudio
from whisperfarm_store.blobs import FolderBlobs

KEY = "audio/default/job"


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def store(blobs: FolderBlobs, *chunks: bytes, max_bytes: int = 1 << 30) -> StoredAudio:
    return asyncio.run(storage.store(blobs, KEY, arriving(*chunks), max_bytes=max_bytes))


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_store_writes_counts_and_hashes_the_body(blobs: FolderBlobs) -> None:
    body = bytes(range(256)) * (BLOCK_BYTES // 100)
    stored = store(blobs, *(body[at : at + 70_001] for at in range(0, len(body), 70_001)))
    assert (stored.size_bytes, stored.sha256) == (len(body), sha256(body).hexdigest())
    with blobs.open(KEY) as file:
        assert file.read() == body


def test_recording_with_a_second_header_has_the_hash_of_the_first_one(blobs: FolderBlobs) -> None:
    recording = wav(seconds=60)
    assert len(recording) > BLOCK_BYTES
    wrapped = with_second_header(recording)
    stored = store(blobs, *(wrapped[at : at + 70_001] for at in range(0, len(wrapped), 70_001)))
    assert stored.inner_sha256 == sha256(recording).hexdigest()
    assert stored.sha256 == sha256(wrapped).hexdigest()
    assert store(blobs, recording).inner_sha256 is None


def test_stored_head_has_the_first_bytes(blobs: FolderBlobs) -> None:
    assert store(blobs, b"RI", b"FF").head == b"RIFF"
    assert store(blobs, bytes(BLOCK_BYTES), b"more" * BLOCK_BYTES).head == bytes(HEAD_BYTES)


def test_store_accepts_exactly_the_maximum_size(blobs: FolderBlobs, tmp_path: Path) -> None:
    assert store(blobs, bytes(100), max_bytes=100).size_bytes == 100
    blobs.delete(KEY)
    with pytest.raises(AudioTooLarge, match="100 bytes"):
        store(blobs, bytes(101), max_bytes=100)
    assert left(tmp_path) == []


def test_endless_body_is_rejected_at_the_limit(blobs: FolderBlobs) -> None:
    came = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal came
        while True:
            came += BLOCK_BYTES
            yield bytes(BLOCK_BYTES)

    with pytest.raises(AudioTooLarge):
        asyncio.run(storage.store(blobs, KEY, endless(), max_bytes=3 * BLOCK_BYTES))
    assert came == 4 * BLOCK_BYTES


@pytest.mark.parametrize("chunks", [(), (b"",)])
def test_empty_body_is_rejected(
    blobs: FolderBlobs, tmp_path: Path, chunks: tuple[bytes, ...]
) -> None:
    with pytest.raises(AudioEmpty):
        store(blobs, *chunks)
    assert left(tmp_path) == []


def test_store_leaves_nothing_of_a_broken_body(blobs: FolderBlobs, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield bytes(BLOCK_BYTES)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(storage.store(blobs, KEY, breaking(), max_bytes=1 << 30))
    assert left(tmp_path) == []


def test_store_leaves_nothing_when_cancelled(blobs: FolderBlobs, tmp_path: Path) -> None:
    async def run() -> None:
        begun = asyncio.Event()

        async def stalling() -> AsyncIterator[bytes]:
            yield bytes(BLOCK_BYTES)
            begun.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(storage.store(blobs, KEY, stalling(), max_bytes=1 << 30))
        await asyncio.wait_for(begun.wait(), 10)
        assert left(tmp_path) != []
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(run())
    assert left(tmp_path) == []

"""Encrypted blobs in a folder: what is stored, and what is noticed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_store.blobs import (
    BlobDamaged,
    BlobNotEncrypted,
    EncryptionKeyMissing,
    FolderBlobs,
)
from whisperfarm_store.blobs.encryption import (
    EncryptedBlobs,
    KeylessBlobs,
    Keyring,
    MasterKey,
    renew,
)
from whisperfarm_store.blobs.encryption.chunks import CHUNK_BYTES, STORED_CHUNK_BYTES
from whisperfarm_store.blobs.encryption.header import HEADER_BYTES, MAGIC

KEY = "audio/acme/job-1"
OLD, NEW = MasterKey("old", bytes(32)), MasterKey("new", bytes([1]) * 32)
CONTENT = bytes(range(251)) * 1045
"""Four chunks and a part of one."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root: Path) -> EncryptedBlobs:
    return with_keys(root, OLD)


def with_keys(root: Path, *keys: MasterKey) -> EncryptedBlobs:
    return EncryptedBlobs(FolderBlobs(root), Keyring(keys))


def read(blobs: EncryptedBlobs | KeylessBlobs) -> bytes:
    with blobs.open(KEY) as file:
        return file.read()


def test_nothing_of_the_content_is_stored(blobs: EncryptedBlobs, root: Path) -> None:
    blobs.put(KEY, b"a secret sentence" * 10)
    with blobs.writer("audio/acme/job-2") as writer:
        writer.write(b"a secret sentence" * 10)
    stored = [path.read_bytes() for path in root.rglob("job-*")]
    assert len(set(stored)) == 2
    assert all(one.startswith(MAGIC) and b"secret" not in one for one in stored)


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]
)
def test_content_of_any_size_is_read(blobs: EncryptedBlobs, size: int) -> None:
    content = CONTENT[:size]
    blobs.put(KEY, content)
    assert read(blobs) == content
    assert blobs.size(KEY) == size
    with blobs.open(KEY) as file:
        assert file.seek(0, 2) == size
        assert file.read() == b""


def test_part_is_read_without_the_rest(blobs: EncryptedBlobs, root: Path) -> None:
    blobs.put(KEY, CONTENT)
    change(root / KEY, lambda stored: flipped(stored, HEADER_BYTES + 10))
    with blobs.open(KEY) as file:
        file.seek(2 * CHUNK_BYTES - 5)
        assert file.read(10) == CONTENT[2 * CHUNK_BYTES - 5 : 2 * CHUNK_BYTES + 5]
        file.seek(10)
        with pytest.raises(BlobDamaged, match=rf"{KEY}.*chunk 0"):
            file.read(1)


def test_reading_continues_after_the_size_was_found(blobs: EncryptedBlobs) -> None:
    blobs.put(KEY, CONTENT)
    with blobs.open(KEY) as file:
        assert file.read(5) == CONTENT[:5]
        assert file.seek(0, 2) == len(CONTENT)
        file.seek(CHUNK_BYTES)
        assert file.read(5) == CONTENT[CHUNK_BYTES : CHUNK_BYTES + 5]


def flipped(stored: bytes, at: int) -> bytes:
    return stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]


def change(path: Path, edit: Callable[[bytes], bytes]) -> None:
    path.write_bytes(edit(path.read_bytes()))


FIRST, SECOND = HEADER_BYTES, HEADER_BYTES + STORED_CHUNK_BYTES
THIRD = SECOND + STORED_CHUNK_BYTES


@pytest.mark.parametrize(
    "edit",
    [
        lambda stored: stored[:20],
        lambda stored: stored[:HEADER_BYTES],
        lambda stored: stored[:SECOND],
        lambda stored: stored[: SECOND + 3],
        lambda stored: stored[:-1],
        lambda stored: stored + b"x",
        lambda stored: flipped(stored, HEADER_BYTES - 1),
        lambda stored: flipped(stored, len(stored) - 1),
        lambda stored: stored[:FIRST] + stored[SECOND:],
        lambda stored: (
            stored[:FIRST] + stored[SECOND:THIRD] + stored[FIRST:SECOND] + stored[THIRD:]
        ),
        lambda stored: flipped(stored, len(MAGIC)),
    ],
    ids=["header", "chunks", "whole chunks", "tag", "byte", "longer", "data key", "bit",
         "left out", "swapped", "version"],
)  # fmt: skip
def test_damaged_blob_is_named(
    blobs: EncryptedBlobs, root: Path, edit: Callable[[bytes], bytes]
) -> None:
    blobs.put(KEY, CONTENT)
    change(root / KEY, edit)
    with pytest.raises(BlobDamaged, match=KEY):
        read(blobs)


def test_blob_that_was_moved_to_another_key_is_damaged(blobs: EncryptedBlobs, root: Path) -> None:
    blobs.put("audio/acme/other", CONTENT)
    (root / "audio/acme/other").rename(root / KEY)
    with pytest.raises(BlobDamaged, match=KEY):
        read(blobs)


def test_first_key_writes_and_the_others_read(blobs: EncryptedBlobs, root: Path) -> None:
    blobs.put(KEY, b"before")
    both = with_keys(root, NEW, OLD)
    assert read(both) == b"before"
    both.put(KEY, b"after")
    assert read(with_keys(root, NEW)) == b"after"


def test_missing_key_is_named(blobs: EncryptedBlobs, root: Path, tmp_path: Path) -> None:
    blobs.put(KEY, b"before")
    for other in (with_keys(root, NEW), KeylessBlobs(FolderBlobs(root))):
        with pytest.raises(EncryptionKeyMissing, match=rf"{KEY}.*'old'"):
            read(other)
        with pytest.raises(EncryptionKeyMissing, match="'old'"):
            other.fetch(KEY, tmp_path / "here")


def test_other_key_of_the_same_id_is_noticed(blobs: EncryptedBlobs, root: Path) -> None:
    blobs.put(KEY, b"before")
    with pytest.raises(BlobDamaged, match="the key 'old'"):
        read(with_keys(root, MasterKey("old", NEW.secret)))


def test_plain_blob_from_before_is_read(blobs: EncryptedBlobs, root: Path, tmp_path: Path) -> None:
    FolderBlobs(root).put(KEY, CONTENT)
    assert read(blobs) == CONTENT
    assert blobs.size(KEY) == len(CONTENT)
    assert blobs.fetch(KEY, tmp_path / "here").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT, b""])
def test_plain_blob_is_refused_where_encryption_is_required(
    root: Path, tmp_path: Path, content: bytes
) -> None:
    FolderBlobs(root).put(KEY, content)
    strict = EncryptedBlobs(FolderBlobs(root), Keyring([OLD]), accepts_plain=False)
    for attempt in (
        lambda: read(strict),
        lambda: strict.fetch(KEY, tmp_path / "here"),
        lambda: strict.size(KEY),
        lambda: renew(strict, KEY),
    ):
        with pytest.raises(BlobNotEncrypted, match=rf"{KEY}.*WHISPERFARM_BLOB_ENCRYPTION_REQUIRED"):
            attempt()
    strict.put(KEY, content)
    assert read(strict) == content
    assert strict.size("audio/acme/none") is None


@pytest.mark.parametrize("pieces", [(MAGIC + b"x",), (MAGIC[:3], b"", MAGIC[3:]), (MAGIC,)])
def test_recording_that_looks_encrypted_is_refused(root: Path, pieces: tuple[bytes, ...]) -> None:
    blobs = KeylessBlobs(FolderBlobs(root))
    with pytest.raises(AudioUnreadable):
        write(blobs, pieces)
    with pytest.raises(AudioUnreadable):
        blobs.put(KEY, b"".join(pieces))
    assert blobs.size(KEY) is None
    blobs.put(KEY, MAGIC[:-1])
    assert read(blobs) == MAGIC[:-1]


def write(blobs: KeylessBlobs, pieces: tuple[bytes, ...]) -> None:
    with blobs.writer(KEY) as writer:
        for piece in pieces:
            writer.write(piece)


def test_encrypted_farm_keeps_a_recording_that_looks_encrypted(blobs: EncryptedBlobs) -> None:
    blobs.put(KEY, MAGIC + b"x")
    assert read(blobs) == MAGIC + b"x"


def test_encrypted_blob_has_no_link(blobs: EncryptedBlobs) -> None:
    assert blobs.presigned_url(KEY, expires_s=60) is None

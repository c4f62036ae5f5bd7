"""Blobs are complete or absent, and never outside of the store."""

from pathlib import Path

import pytest

from tests.support.concurrency import run_concurrently
from whisperfarm_store.blobs import BlobNotFound, Blobs

KEY = "audio/acme/job-1"


def test_open_reads_what_put_wrote(blobs: Blobs) -> None:
    blobs.put(KEY, b"sound")
    with blobs.open(KEY) as blob:
        assert blob.read() == b"sound"
    assert blobs.size(KEY) == 5


def test_blob_is_written_and_read_in_pieces(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        for piece in (b"so", b"un", b"d"):
            blob.write(piece)
    with blobs.open(KEY) as reader:
        reader.seek(2)
        assert reader.read(2) == b"un"


def test_empty_blob_is_stored(blobs: Blobs) -> None:
    blobs.put(KEY, b"")
    assert blobs.size(KEY) == 0


def test_blob_is_invisible_before_the_writer_ends(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        blob.write(b"half" * 100_000)
        assert blobs.size(KEY) is None
        assert list(blobs.keys()) == []


def test_failed_write_leaves_nothing(blobs: Blobs) -> None:
    with pytest.raises(RuntimeError, match="hung up"):
        _break_off(blobs)
    assert blobs.size(KEY) is None
    assert list(blobs.keys()) == []


def test_failed_write_keeps_the_earlier_blob(blobs: Blobs) -> None:
    blobs.put(KEY, b"first")
    with pytest.raises(RuntimeError, match="hung up"):
        _break_off(blobs)
    with blobs.open(KEY) as reader:
        assert reader.read() == b"first"


def _break_off(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        blob.write(b"half")
        raise RuntimeError("hung up")


def test_later_write_replaces_the_earlier(blobs: Blobs) -> None:
    blobs.put(KEY, b"first")
    blobs.put(KEY, b"second")
    with blobs.open(KEY) as blob:
        assert blob.read() == b"second"


def test_concurrent_writes_leave_one_whole_blob(blobs: Blobs) -> None:
    run_concurrently(8, lambda number: blobs.put(KEY, bytes([number]) * 300_000))
    with blobs.open(KEY) as blob:
        content = blob.read()
    assert len(content) == 300_000
    assert len(set(content)) == 1


def test_missing_blob_is_named(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(BlobNotFound, match=KEY), blobs.open(KEY):
        pass
    with pytest.raises(BlobNotFound, match=KEY):
        blobs.fetch(KEY, tmp_path / "here")
    assert blobs.size(KEY) is None


def test_fetch_returns_a_local_file(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(KEY, b"sound")
    assert blobs.fetch(KEY, tmp_path / "here").read_bytes() == b"sound"


def test_delete_is_idempotent(blobs: Blobs) -> None:
    blobs.put(KEY, b"sound")
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert blobs.size(KEY) is None


def test_keys_lists_by_prefix(blobs: Blobs) -> None:
    keys = ["audio/a/1", "audio/ab/2", "audio/b/3", "results/a/1/x.json"]
    for key in keys:
        blobs.put(key, b"")
    assert sorted(blobs.keys()) == keys
    assert sorted(blobs.keys("audio/")) == keys[:3]
    assert sorted(blobs.keys("audio/a")) == ["audio/a/1", "audio/ab/2"]
    assert sorted(blobs.keys("audio/a/")) == ["audio/a/1"]
    assert list(blobs.keys("nothing/")) == []


@pytest.mark.parametrize(
    "key",
    ["", "/", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "a//b", "a/", "/a", ".hidden",
     "a/.parts/b", "a\\b", "a\0b", "a\nb", "a b", "ä", "~root/x", "C:x", "a" * 201,
     "/".join(["a" * 100] * 20)],
)  # fmt: skip
def test_hostile_key_is_rejected(blobs: Blobs, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="key of a blob"):
        blobs.put(key, b"")
    with pytest.raises(ValueError, match="key of a blob"), blobs.open(key):
        pass
    for act in (blobs.size, blobs.delete, lambda key: blobs.fetch(key, tmp_path / "here")):
        with pytest.raises(ValueError, match="key of a blob"):
            act(key)


def test_hostile_prefix_lists_nothing_outside(blobs: Blobs) -> None:
    with pytest.raises(ValueError, match="key of a blob"):
        list(blobs.keys("../"))


def test_older_than_lists_old_blobs_only(blobs: Blobs) -> None:
    blobs.put("audio/acme/a", b"x")
    assert list(blobs.older_than("audio/", older_than_s=3600)) == []
    assert list(blobs.older_than("audio/", older_than_s=-3600)) == ["audio/acme/a"]
    assert list(blobs.older_than("results/", older_than_s=-3600)) == []

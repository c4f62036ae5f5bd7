"""Blobs: whole or not there, and never outside the store."""

from pathlib import Path

import pytest

from tests.support.threads import run_concurrently
from whisperfarm_store.blobs import BlobMissing, Blobs

KEY = "audio/acme/job-1"


def test_what_was_put_is_read_back(blobs: Blobs) -> None:
    blobs.put(KEY, b"sound")
    with blobs.open(KEY) as blob:
        assert blob.read() == b"sound"
    assert blobs.size(KEY) == 5


def test_a_blob_can_be_written_in_pieces_and_read_in_pieces(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        for piece in (b"so", b"un", b"d"):
            blob.write(piece)
    with blobs.open(KEY) as reader:
        reader.seek(2)
        assert reader.read(2) == b"un"


def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    blobs.put(KEY, b"")
    assert blobs.size(KEY) == 0


def test_nothing_is_visible_before_the_end(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        blob.write(b"half" * 100_000)
        assert blobs.size(KEY) is None
        assert list(blobs.keys()) == []


def test_nothing_remains_of_a_blob_that_was_broken_off(blobs: Blobs) -> None:
    with pytest.raises(RuntimeError, match="hung up"):
        _break_off(blobs)
    assert blobs.size(KEY) is None
    assert list(blobs.keys()) == []


def test_a_broken_off_blob_leaves_the_one_before_as_it_was(blobs: Blobs) -> None:
    blobs.put(KEY, b"first")
    with pytest.raises(RuntimeError, match="hung up"):
        _break_off(blobs)
    with blobs.open(KEY) as reader:
        assert reader.read() == b"first"


def _break_off(blobs: Blobs) -> None:
    with blobs.writer(KEY) as blob:
        blob.write(b"half")
        raise RuntimeError("hung up")


def test_the_later_of_two_blobs_holds(blobs: Blobs) -> None:
    blobs.put(KEY, b"first")
    blobs.put(KEY, b"second")
    with blobs.open(KEY) as blob:
        assert blob.read() == b"second"


def test_of_many_writers_at_once_one_holds_whole(blobs: Blobs) -> None:
    run_concurrently(8, lambda number: blobs.put(KEY, bytes([number]) * 300_000))
    with blobs.open(KEY) as blob:
        content = blob.read()
    assert len(content) == 300_000
    assert len(set(content)) == 1


def test_a_missing_blob_is_named(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(BlobMissing, match=KEY), blobs.open(KEY):
        pass
    with pytest.raises(BlobMissing, match=KEY):
        blobs.fetch(KEY, tmp_path / "here")
    assert blobs.size(KEY) is None


def test_a_fetched_blob_is_a_local_file(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(KEY, b"sound")
    assert blobs.fetch(KEY, tmp_path / "here").read_bytes() == b"sound"


def test_a_deleted_blob_is_gone_and_deleting_again_is_fine(blobs: Blobs) -> None:
    blobs.put(KEY, b"sound")
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert blobs.size(KEY) is None


def test_keys_are_told_by_their_beginning(blobs: Blobs) -> None:
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
def test_a_hostile_key_is_refused(blobs: Blobs, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="key of a blob"):
        blobs.put(key, b"")
    with pytest.raises(ValueError, match="key of a blob"), blobs.open(key):
        pass
    for act in (blobs.size, blobs.delete, lambda key: blobs.fetch(key, tmp_path / "here")):
        with pytest.raises(ValueError, match="key of a blob"):
            act(key)


def test_a_hostile_prefix_leads_nowhere_else(blobs: Blobs) -> None:
    with pytest.raises(ValueError, match="key of a blob"):
        list(blobs.keys("../"))


def test_aged_are_the_blobs_that_were_written_long_ago(blobs: Blobs) -> None:
    blobs.put("audio/acme/a", b"x")
    assert list(blobs.aged("audio/", older_than_s=3600)) == []
    assert list(blobs.aged("audio/", older_than_s=-3600)) == ["audio/acme/a"]
    assert list(blobs.aged("results/", older_than_s=-3600)) == []

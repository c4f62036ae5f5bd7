"""Blobs in a folder: faults of the disk."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.small_files import small_files
from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.blobs import FolderBlobs

KEY = "audio/acme/job-1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of one mebibyte."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk_raises_storage_full_and_leaves_nothing(small_disk: Path) -> None:
    blobs = FolderBlobs(small_disk / "blobs")
    with pytest.raises(StorageFull, match="blob store is full"):
        _write(blobs, mebibytes=2)
    assert _files(small_disk) == []
    blobs.put(KEY, b"there is room again")


def test_quota_raises_storage_full_and_leaves_nothing(
    root: Path,
) -> None:
    blobs = FolderBlobs(root)
    with small_files(), pytest.raises(StorageFull):
        _write(blobs, mebibytes=2)
    assert _files(root) == []


def _write(blobs: FolderBlobs, *, mebibytes: int) -> None:
    with blobs.writer(KEY) as blob:
        for _ in range(mebibytes):
            blob.write(bytes(2**20))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_blob_is_synced_before_and_after_its_rename(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(root)
    synced: list[Path] = []
    visible: list[bool] = []

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        visible.append((root / KEY).exists())

    monkeypatch.setattr(os, "fsync", note)
    blobs.put(KEY, b"sound")
    assert synced[0].parent.name == ".partial"
    assert not visible[0]
    assert (synced[-1], visible[-1]) == ((root / KEY).parent, True)
    assert {root, root / "audio"} <= set(synced)


def test_blobs_are_readable_by_the_owner_only(root: Path) -> None:
    FolderBlobs(root).put(KEY, b"sound")
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_cleanup_removes_stale_partial_files_only(root: Path) -> None:
    with FolderBlobs(root).writer(KEY) as blob:
        blob.write(b"slow upload")
        abandoned = root / ".partial" / "abandoned"
        abandoned.write_bytes(b"half")
        two_days_ago = time.time() - 2 * 86400
        os.utime(abandoned, (two_days_ago, two_days_ago))
        FolderBlobs(root)
        assert not abandoned.exists()
    assert FolderBlobs(root).size(KEY) == 11


def test_fetch_returns_the_file_itself(root: Path, tmp_path: Path) -> None:
    blobs = FolderBlobs(root)
    blobs.put(KEY, b"sound")
    assert blobs.fetch(KEY, tmp_path / "here") == root / KEY


def test_delete_removes_an_empty_folder(root: Path) -> None:
    blobs = FolderBlobs(root)
    for key in ("results/acme/j1/1/a.json", "results/acme/j2/1/a.json"):
        blobs.put(key, b"x")
    blobs.delete("results/acme/j1/1/a.json")
    assert [path.name for path in (root / "results" / "acme").iterdir()] == ["j2"]
    blobs.delete("results/acme/j2/1/a.json")
    assert not (root / "results").exists()
    assert root.exists()


def test_write_survives_removal_of_its_folder(root: Path) -> None:
    blobs = FolderBlobs(root)

    def act(number: int) -> None:
        for _ in range(200):
            blobs.put(f"audio/acme/{number}", b"x")
            assert blobs.size(f"audio/acme/{number}") == 1
            blobs.delete(f"audio/acme/{number}")

    run_concurrently(3, act)
    assert _files(root) == []

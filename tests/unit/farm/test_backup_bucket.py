"""The lock of a backup in a bucket, and its place."""

import os
from pathlib import Path

import pytest

from tests.support.waiting import until
from whisperfarm.backup.bucket_lock import STALE_AFTER_S, lock
from whisperfarm.backup.opening import open_repository
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.settings import StoreSettings


class CountedBlobs(FolderBlobs):
    """Counts what is written."""

    written = 0

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        self.written += 1


@pytest.fixture
def files(tmp_path: Path) -> CountedBlobs:
    return CountedBlobs(tmp_path)


def _locks(files: FolderBlobs) -> list[str]:
    return list(files.keys("locks/"))


def test_second_lock_is_refused_and_the_first_stays(files: CountedBlobs) -> None:
    with lock(files) as require:
        [first] = _locks(files)
        with pytest.raises(InvalidSettings, match="another backup is being written"), lock(files):
            pass
        assert _locks(files) == [first]
        require()
    assert _locks(files) == []
    with lock(files):
        pass


def test_lock_of_a_killed_backup_is_removed(files: CountedBlobs, tmp_path: Path) -> None:
    files.put("locks/killed", b"")
    _age(tmp_path / "locks" / "killed")
    with lock(files):
        assert "locks/killed" not in _locks(files)


def test_backup_that_stood_still_finds_its_lock_lost(files: CountedBlobs, tmp_path: Path) -> None:
    with lock(files) as require:
        until(lambda: files.written > 1, "the first renewal")
        [first] = _locks(files)
        _age(tmp_path / first)
        with lock(files), pytest.raises(InvalidSettings, match="took the lock"):
            require()


@pytest.mark.parametrize("url", ["s3://farm/recordings", "s3://farm/recordings/audio/"])
def test_place_in_the_own_blob_store_is_refused(url: str) -> None:
    settings = StoreSettings(blob_url="s3://farm/recordings/")
    with pytest.raises(InvalidSettings, match="inside of the farm's own blob store"):
        open_repository(url, settings)


def test_url_without_a_bucket_is_refused_by_name() -> None:
    with pytest.raises(InvalidSettings, match=r"^the backup: not a valid bucket"):
        open_repository("s3://", StoreSettings())


def _age(path: Path) -> None:
    written_at = path.stat().st_mtime - STALE_AFTER_S - 60
    os.utime(path, (written_at, written_at))

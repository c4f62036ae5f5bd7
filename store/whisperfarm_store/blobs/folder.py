"""Blobs as files in one folder."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from whisperfarm_contract.problems import FarmUnavailable, ServerError, StorageFull
from whisperfarm_store import events
from whisperfarm_store.blobs.keys import validate_key
from whisperfarm_store.blobs.port import BlobWriter, missing
from whisperfarm_store.fsync import make_folder, sync_folder, translate_disk_full

_PARTIAL_DIR = ".partial"
"""Folder of unfinished blobs. Names in keys have no leading dot, so no key can be in it."""
_RENAME_ATTEMPTS = 100
_STALE_AFTER_S = 24 * 3600.0
"""An unfinished blob that is older than this belongs to a process that was killed."""


class FolderBlobs:
    """Blobs as files below `root`, which is made if it does not exist."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._partial_dir = root / _PARTIAL_DIR
        self._partial_dir.mkdir(exist_ok=True, mode=0o700)
        self._cleanup()

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        target = self._path(key)
        partial = self._partial_dir / uuid.uuid4().hex
        try:
            with _log_disk_full(self._root):
                with partial.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                _rename_into_place(partial, target)
                sync_folder(target.parent)
        finally:
            partial.unlink(missing_ok=True)

    def put(self, key: str, data: bytes) -> None:
        with self.writer(key) as blob:
            blob.write(data)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        path = self._path(key)
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise missing(key) from error
        with file:
            yield file

    def fetch(self, key: str, to: Path) -> Path:
        del to  # the blob is a local file already
        path = self._path(key)
        if not path.is_file():
            raise missing(key)
        return path

    def size(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        _remove_empty(path.parent, below=self._root)

    def keys(self, prefix: str = "") -> Iterator[str]:
        start = prefix.rpartition("/")[0]
        for folder, inner, names in os.walk(self._path(start) if start else self._root):
            inner[:] = [name for name in inner if name != _PARTIAL_DIR]
            for name in names:
                key = Path(folder, name).relative_to(self._root).as_posix()
                if key.startswith(prefix):
                    yield key

    def older_than(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        before = time.time() - older_than_s
        for key in self.keys(prefix):
            with suppress(FileNotFoundError):
                if self._path(key).stat().st_mtime < before:
                    yield key

    def presigned_url(self, key: str, *, expires_s: int) -> str | None:
        validate_key(key)
        del expires_s  # only the dispatcher serves the folder
        return None

    def check(self) -> None:
        if not self._partial_dir.is_dir():
            events.blobs.folder_missing.log(folder=str(self._root))
            raise FarmUnavailable("the blob store is unavailable; see the farm's log")

    def _path(self, key: str) -> Path:
        return self._root / validate_key(key)

    def _cleanup(self) -> None:
        """Remove the unfinished blobs of processes that were killed."""
        for partial in self._partial_dir.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - partial.stat().st_mtime > _STALE_AFTER_S:
                    partial.unlink()


@contextmanager
def _log_disk_full(root: Path) -> Iterator[None]:
    try:
        with translate_disk_full("the blob store is full; see the farm's log"):
            yield
    except StorageFull as problem:
        events.blobs.disk_full.log(folder=str(root), error=str(problem.__cause__))
        raise


def _rename_into_place(partial: Path, target: Path) -> None:
    """Rename the file to its key. Retries if its empty folder is removed at the same moment."""
    for _ in range(_RENAME_ATTEMPTS):
        with suppress(FileNotFoundError, FileExistsError):  # mkdir raises either in that case
            make_folder(target.parent, mode=0o700)
            partial.replace(target)
            return
    raise ServerError(
        f"the folder {target.parent} was removed {_RENAME_ATTEMPTS} times during a write"
    )


def _remove_empty(folder: Path, *, below: Path) -> None:
    """Remove the folder and its parents as long as they are empty."""
    with suppress(OSError):
        while folder != below:
            folder.rmdir()
            folder = folder.parent

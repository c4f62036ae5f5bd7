"""Blobs as files in one folder."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from whisperfarm_contract.problems import FarmFault, FarmUnavailable, StorageFull
from whisperfarm_store import events
from whisperfarm_store.blobs.keys import checked
from whisperfarm_store.blobs.port import BlobWriter, missing
from whisperfarm_store.fsync import full_named, make_folder, sync_folder

_PARTS = ".parts"
"""Folder of unfinished blobs. Names in keys have no leading dot, so no key can be in it."""
_PLACINGS = 100
_ABANDONED_S = 24 * 3600.0
"""An unfinished blob that is older than this belongs to a process that was killed."""


class FolderBlobs:
    """Blobs as files below `root`, which is made if it does not exist."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._parts = root / _PARTS
        self._parts.mkdir(exist_ok=True, mode=0o700)
        self._sweep()

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        target = self._path(key)
        part = self._parts / uuid.uuid4().hex
        try:
            with _full_logged(self._root):
                with part.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                _place(part, target)
                sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)

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
            inner[:] = [name for name in inner if name != _PARTS]
            for name in names:
                key = Path(folder, name).relative_to(self._root).as_posix()
                if key.startswith(prefix):
                    yield key

    def aged(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        before = time.time() - older_than_s
        for key in self.keys(prefix):
            with suppress(FileNotFoundError):
                if self._path(key).stat().st_mtime < before:
                    yield key

    def link(self, key: str, *, expires_s: int) -> str | None:
        checked(key)
        del expires_s  # only the dispatcher serves the folder
        return None

    def check(self) -> None:
        if not self._parts.is_dir():
            events.blobs.folder_missing.log(folder=str(self._root))
            raise FarmUnavailable("the blob store is unavailable; see the farm's log")

    def _path(self, key: str) -> Path:
        return self._root / checked(key)

    def _sweep(self) -> None:
        """Remove the unfinished blobs of processes that were killed."""
        for part in self._parts.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _ABANDONED_S:
                    part.unlink()


@contextmanager
def _full_logged(root: Path) -> Iterator[None]:
    try:
        with full_named("the blob store is full; see the farm's log"):
            yield
    except StorageFull as full:
        events.blobs.disk_full.log(folder=str(root), error=str(full.__cause__))
        raise


def _place(part: Path, target: Path) -> None:
    """Rename the file to its key. Retries if its empty folder is removed at the same moment."""
    for _ in range(_PLACINGS):
        with suppress(FileNotFoundError, FileExistsError):  # mkdir raises either in that case
            make_folder(target.parent, mode=0o700)
            part.replace(target)
            return
    raise FarmFault(f"the folder {target.parent} was removed {_PLACINGS} times during a write")


def _remove_empty(folder: Path, *, below: Path) -> None:
    """Remove the folder and its parents as long as they are empty."""
    with suppress(OSError):
        while folder != below:
            folder.rmdir()
            folder = folder.parent

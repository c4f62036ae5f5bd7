"""A backup in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from whisperfarm.backup import layout
from whisperfarm.backup.folder_lock import lock
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.repository import LockedRepository
from whisperfarm_store.blobs import FolderBlobs


@dataclass(frozen=True, slots=True)
class FolderRepository:
    """A folder, which is made if it does not exist. To read from it, it need not be writable."""

    folder: Path

    @property
    def where(self) -> str:
        return str(self.folder)

    @contextmanager
    def lock(self) -> Iterator[LockedRepository]:
        with lock(self.folder):
            yield LockedRepository(
                files=FolderBlobs(self.folder),
                blobs=FolderBlobs(self.folder / layout.BLOBS),
                require_lock=lambda: None,  # the kernel holds it
            )

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        try:
            file = self._file(path).open("rb")
        except OSError as error:
            raise _unreadable(self.folder / path, error) from error
        with file:
            yield file

    def size(self, path: str) -> int | None:
        try:
            return self._file(path).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.folder / path, error) from error

    def _file(self, path: str) -> Path:
        """Return the file. Raises `BackupUnusable` for a link, except a folder of the first level,
        which may be on another disk."""
        first, _, rest = path.partition("/")
        root = (self.folder / first).resolve() if rest else self.folder.resolve()
        file = root / (rest or first)
        if file.resolve() != file:
            raise BackupUnusable(f"{self.folder / path} is a link, and not a file of the backup")
        return file


def _unreadable(path: Path, error: OSError) -> BackupUnusable:
    return BackupUnusable(f"{path} cannot be read ({error.strerror})")

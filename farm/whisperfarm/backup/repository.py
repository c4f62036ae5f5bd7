"""The interface of the place that backups are in: a folder, or a prefix of a bucket."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from whisperfarm_store.blobs import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedRepository:
    """A repository that nothing else writes to.

    `files` has all files but the blobs, by their path; each appears in whole or not at all.
    `blobs` has the copies of blobs. `require_lock` raises `InvalidSettings` if the lock was lost.
    """

    files: Blobs
    blobs: Blobs
    require_lock: Callable[[], None]


class Repository(Protocol):
    """A place for a backup. `where` names it in messages."""

    @property
    def where(self) -> str: ...

    def lock(self) -> AbstractContextManager[LockedRepository]:
        """Lock the place for the block, and make it a backup if it is empty.

        Raises `InvalidSettings` if it has other files, or if another backup is being written to it,
        and `StorageFull` if the block does.
        """

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file of the backup. Raises `BackupUnusable` if it cannot be read."""

    def size(self, path: str) -> int | None:
        """Return the size of a file in bytes, or `None` if it does not exist."""

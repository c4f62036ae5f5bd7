"""The lock of a backup in a folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm.backup import layout
from whisperfarm_contract.problems import InvalidSettings, StorageFull
from whisperfarm_store.fsync import translate_disk_full


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Lock a folder for the block, and make it if it does not exist.

    Raises `InvalidSettings` if it has other files, or if another backup is being written to it, and
    `StorageFull` with the folder's name if the block does.
    """
    with _named_disk_full(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = folder / layout.MARK
        if not mark.exists() and any(folder.iterdir()):
            raise InvalidSettings(
                f"{folder} has files and is not a backup; name a new folder, or one with a backup"
            )
        with mark.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InvalidSettings(
                    f"another backup is being written to {folder}; wait until it has ended"
                ) from None
            yield


@contextmanager
def _named_disk_full(folder: Path) -> Iterator[None]:
    """Raise `StorageFull` with the folder's name."""
    detail = f"the disk of {folder} is full; free space on it, or name another folder"
    try:
        with translate_disk_full(detail):
            yield
    except StorageFull as problem:
        raise StorageFull(detail) from problem

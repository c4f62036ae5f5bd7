"""Durable folders and file names, and the errors of a full disk."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_contract.problems import StorageFull

_DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and its parents durably: each parent is synced after the change."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode=mode)
    folder.mkdir(exist_ok=True, mode=mode)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Sync a folder to the disk, without which a new name in it does not survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_disk_full(error: OSError) -> bool:
    """Return whether a write exceeded the disk's space, a quota or the file size limit."""
    return error.errno in _DISK_FULL_ERRNOS


@contextmanager
def translate_disk_full(detail: str) -> Iterator[None]:
    """Raise `StorageFull` if the block exceeds the disk's space, a quota or the file size limit.

    `detail` says what does not fit; the reason is added to it.
    """
    try:
        yield
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise StorageFull(f"{detail} ({error.strerror})") from error

"""Folders and names that outlive a loss of power, and the errors of a disk without room."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_contract.problems import StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it, each entered durably into the one above."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode=mode)
    folder.mkdir(exist_ok=True, mode=mode)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def full_named(detail: str) -> Iterator[None]:
    """Inside, a disk, quota or limit on files without room raises `StorageFull`.

    `detail` says what there is no room for; the reason is added.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull(f"{detail} ({error.strerror})") from error

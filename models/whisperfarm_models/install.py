"""Moves a downloaded file into a model's folder, atomically."""

from contextlib import AbstractContextManager
from pathlib import Path

from whisperfarm_store.fsync import make_folder, sync_folder, translate_disk_full


def install(part: Path, target: Path) -> None:
    """Move a complete and durable partial file to `target`, durably. Raises `StorageFull`."""
    with storage_full_on_enospc(target):
        make_folder(target.parent)
        part.replace(target)
        sync_folder(target.parent)


def storage_full_on_enospc(path: Path) -> AbstractContextManager[None]:
    """Raise the error of a full disk as `StorageFull`, naming the file."""
    return translate_disk_full(
        f"the disk is full and cannot hold {path}; free some space and pull again"
    )

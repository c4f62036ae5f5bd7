"""Moves a downloaded file into a model's folder, atomically."""

from contextlib import AbstractContextManager
from pathlib import Path

from whisperfarm_store.fsync import full_named, make_folder, sync_folder


def place(part: Path, target: Path) -> None:
    """Move a complete and durable partial file to `target`, durably. Raises `StorageFull`."""
    with room_for(target):
        make_folder(target.parent)
        part.replace(target)
        sync_folder(target.parent)


def room_for(path: Path) -> AbstractContextManager[None]:
    """Raise the error of a full disk as `StorageFull`, naming the file."""
    return full_named(f"the disk is full and cannot hold {path}; free some space and pull again")

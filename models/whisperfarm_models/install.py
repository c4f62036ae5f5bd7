"""A part becomes a file of a model: whole or not at all."""

from contextlib import AbstractContextManager
from pathlib import Path

from whisperfarm_store.fsync import full_named, make_folder, sync_folder


def place(part: Path, target: Path) -> None:
    """Move a part that is whole and durable to its place, durably. Raises `StorageFull`."""
    with room_for(target):
        make_folder(target.parent)
        part.replace(target)
        sync_folder(target.parent)


def room_for(path: Path) -> AbstractContextManager[None]:
    """Inside, a full disk is `StorageFull`, naming what there was no room for."""
    return full_named(f"no room is left for {path}; make room and pull again")

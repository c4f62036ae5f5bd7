"""A part becomes a file of a model: whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.fsync import is_full, make_folder, sync_folder


def place(part: Path, target: Path) -> None:
    """Move a part that is whole and durable to its place, durably. Raises `StorageFull`."""
    with full_named(target):
        make_folder(target.parent)
        part.replace(target)
        sync_folder(target.parent)


@contextmanager
def full_named(path: Path) -> Iterator[None]:
    """Inside, a full disk is `StorageFull`, naming what there was no room for."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise StorageFull(
            f"no room is left for {path} ({error.strerror}); make room and pull again"
        ) from error

"""The models folder during a pull: its lock, its inventory and what earlier pulls left."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from whisperfarm_models import lockfile
from whisperfarm_models.folder_layout import PARTIAL_DIR, InstallLayout
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import LockedFile, LockedModel, ModelLock
from whisperfarm_models.progress import PullProgress
from whisperfarm_store.fsync import make_folder


@dataclass(frozen=True, slots=True)
class Installed:
    """Installed files of a model, by path."""

    model: Model
    files: dict[str, LockedFile]


@contextmanager
def exclusive(root: Path, progress: PullProgress) -> Iterator[None]:
    """Hold the folder's lock, which the system releases if the process dies."""
    make_folder(root / PARTIAL_DIR)
    lock = FileLock(root / PARTIAL_DIR / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        progress.waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def update_lock(root: Path, source: str, installed: Iterable[Installed]) -> ModelLock:
    """Pin the installed files in `model_inventory.json`. Returns the inventory."""
    by_model: dict[Model, dict[str, LockedFile]] = {}
    for one in installed:
        by_model.setdefault(one.model, {}).update(one.files)
    locked = lockfile.read(root).with_models(
        LockedModel(
            name=model.name,
            kind=model.kind,
            source=source,
            revision=model.revision,
            licence=model.licence,
            files=files,
        )
        for model, files in by_model.items()
    )
    lockfile.write(root, locked)
    return locked


def delete_partial_files(layout: InstallLayout) -> None:
    """Delete partial files of earlier pulls, which are no longer needed."""
    for partial_dir in {layout.root / PARTIAL_DIR, layout.torch / PARTIAL_DIR}:
        for partial in partial_dir.glob("*.part"):
            partial.unlink()

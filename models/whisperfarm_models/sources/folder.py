"""Models from a folder, such as a removable disk, a shared mount or an unpacked bundle."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_contract.problems import ModelIntegrityError, ModelSourceError
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import FILE_NAME, ModelLock, parse
from whisperfarm_models.sources.port import RemoteFile, TransientSourceError

_CHUNK_BYTES = 2**20
_INVENTORY_BYTES = 2**24


class FolderSource:
    """Source with the layout of a models folder, or with archives `whisper-<size>.tar.gz`."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise ModelSourceError(f"{root} is not a folder; name one that holds models")
        self._root = root
        inventory = root / FILE_NAME
        self._model_lock = _read_inventory(inventory) if inventory.is_file() else ModelLock()

    @property
    def name(self) -> str:
        return str(self._root)

    def list_files(self, model: Model) -> tuple[Model, Mapping[str, RemoteFile]]:
        folder = self._root / model.folder
        found = {file.path: self._remote_file(folder / file.path) for file in model.files}
        locked = self._model_lock.of(model)
        remote_files = {
            path: locked.verify(path, remote_file)
            for path, remote_file in found.items()
            if remote_file is not None
        }
        return locked.at_locked_revision(model), remote_files

    def archive(self, model: Model) -> RemoteFile | None:
        return self._remote_file(self._root / f"whisper-{model.name}.tar.gz")

    @contextmanager
    def read(self, remote_file: RemoteFile, *, start: int) -> Iterator[Iterator[bytes]]:
        try:
            with Path(remote_file.where).open("rb") as file:
                file.seek(start)
                yield iter(lambda: file.read(_CHUNK_BYTES), b"")
        except OSError as error:
            # Errors of writing the target arrive as `StorageFull`, so this is one of the source.
            raise TransientSourceError(f"{remote_file.where}: {error.strerror}") from error

    def close(self) -> None:
        """Do nothing: no resource is held."""

    def _remote_file(self, path: Path) -> RemoteFile | None:
        """Return the file, or `None` if it is missing. Raises `ModelIntegrityError` for a link."""
        for step in (path, *path.parents):
            if step == self._root:
                break
            if step.is_symlink():
                raise ModelIntegrityError(
                    f"{step} is a symbolic link; replace it with the file or folder"
                )
        try:
            found = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            raise ModelIntegrityError(f"{path} is not a regular file")
        tag = f"{found.st_size}-{found.st_mtime_ns}"
        return RemoteFile(where=str(path), tag=tag, size_bytes=found.st_size)


def _read_inventory(path: Path) -> ModelLock:
    with path.open("rb") as file:
        return parse(file.read(_INVENTORY_BYTES), where=str(path))

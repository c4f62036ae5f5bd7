"""Models from a folder, such as a removable disk, a shared mount or an unpacked bundle."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_contract.problems import ModelRefused, SourceFailed
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import FILE_NAME, Pinned, parse
from whisperfarm_models.sources.port import Offer, SourceBroke

_CHUNK_BYTES = 2**20
_INVENTORY_BYTES = 2**24


class FolderSource:
    """Source with the layout of a models folder, or with archives `whisper-<size>.tar.gz`."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise SourceFailed(f"{root} is not a folder; name one that holds models")
        self._root = root
        inventory = root / FILE_NAME
        self._pinned = _read_inventory(inventory) if inventory.is_file() else Pinned()

    @property
    def name(self) -> str:
        return str(self._root)

    def offers(self, model: Model) -> tuple[Model, Mapping[str, Offer]]:
        folder = self._root / model.folder
        found = {file.path: self._offer(folder / file.path) for file in model.files}
        pinned = self._pinned.of(model)
        offers = {
            path: pinned.known(path, offer) for path, offer in found.items() if offer is not None
        }
        return pinned.revised(model), offers

    def archive(self, model: Model) -> Offer | None:
        return self._offer(self._root / f"whisper-{model.name}.tar.gz")

    @contextmanager
    def read(self, offer: Offer, *, start: int) -> Iterator[Iterator[bytes]]:
        try:
            with Path(offer.where).open("rb") as file:
                file.seek(start)
                yield iter(lambda: file.read(_CHUNK_BYTES), b"")
        except OSError as error:
            # Errors of writing the target arrive as `StorageFull`, so this is one of the source.
            raise SourceBroke(f"{offer.where}: {error.strerror}") from error

    def close(self) -> None:
        """Do nothing: no resource is held."""

    def _offer(self, path: Path) -> Offer | None:
        """Return the file, or `None` if it is missing. Raises `ModelRefused` for a link."""
        for step in (path, *path.parents):
            if step == self._root:
                break
            if step.is_symlink():
                raise ModelRefused(f"{step} is a symbolic link; replace it with the file or folder")
        try:
            found = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            raise ModelRefused(f"{path} is not a regular file")
        tag = f"{found.st_size}-{found.st_mtime_ns}"
        return Offer(where=str(path), tag=tag, size_bytes=found.st_size)


def _read_inventory(path: Path) -> Pinned:
    with path.open("rb") as file:
        return parse(file.read(_INVENTORY_BYTES), where=str(path))

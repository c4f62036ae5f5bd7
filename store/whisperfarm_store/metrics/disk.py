"""Free disk space of the farm's folders."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from whisperfarm_store.metrics.definitions import DISK_FREE
from whisperfarm_store.metrics.registry import Collect, Sample


def free_bytes(folders: Mapping[str, Path]) -> Collect:
    """Return a collector of free bytes. `folders` are paths by the value of the label `folder`.

    If a folder does not exist yet, its nearest existing parent is measured. Folders that cannot be
    read are left out.
    """

    def read() -> Iterator[Sample]:
        for name, folder in folders.items():
            with suppress(OSError):
                free = shutil.disk_usage(_nearest_existing(folder)).free
                yield Sample(DISK_FREE, float(free), (name,))

    return read


def _nearest_existing(folder: Path) -> Path:
    return next((path for path in (folder, *folder.parents) if path.exists()), folder)

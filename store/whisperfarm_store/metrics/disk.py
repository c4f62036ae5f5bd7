"""How much room is left where the farm's folders lie."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from whisperfarm_store.metrics.definitions import DISK_FREE
from whisperfarm_store.metrics.registry import Collect, Sample


def free_bytes(folders: Mapping[str, Path]) -> Collect:
    """Reads the free bytes of these folders, by the names that they are shown under.

    A folder that is not there yet will be made where its parent lies; one that can not be looked
    at is left out.
    """

    def read() -> Iterator[Sample]:
        for name, folder in folders.items():
            with suppress(OSError):
                yield Sample(
                    DISK_FREE, float(shutil.disk_usage(_existing_parent(folder)).free), (name,)
                )

    return read


def _existing_parent(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)

"""How much room is left where the farm's folders lie."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from whisperfarm_store.metrics.definitions import DISK_FREE
from whisperfarm_store.metrics.registry import Read, Reading


def room_in(folders: Mapping[str, Path]) -> Read:
    """Reads the free bytes of these folders, by the names that they are shown under.

    A folder that is not there yet will be made where its parent lies; one that can not be looked
    at is left out.
    """

    def read() -> Iterator[Reading]:
        for name, folder in folders.items():
            with suppress(OSError):
                yield Reading(DISK_FREE, float(shutil.disk_usage(_there(folder)).free), (name,))

    return read


def _there(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)

"""Creates the folders that settings name."""

from pathlib import Path
from tempfile import TemporaryFile

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.fsync import translate_disk_full


def create_folder(folder: Path, *, variable: str) -> None:
    """Create a folder and its parents, for their owner alone, and check that it is writable.

    Raises `InvalidSettings`, naming `variable`, if it cannot be created or written, and
    `StorageFull` if its disk is full.
    """
    try:
        with translate_disk_full(f"{variable}: the folder {folder} cannot be written"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryFile(dir=folder):
                pass
    except OSError as error:
        raise InvalidSettings(
            f"{variable}: the folder {folder} cannot be written ({error.strerror}); make it"
            " writable, or set another one"
        ) from error

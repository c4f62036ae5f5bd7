"""The files of a backup's folder.

```
backup.lock                 held while a backup is written; marks the folder as a backup
manifest.json               written last, and replaced by the next backup
snapshots/<snapshot>/       the tables, and the list of blobs, as JSON lines
blobs/<key>                 the blobs
```
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm.backup.problem import BackupUnusable
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.maintenance.orphans import PREFIXES
from whisperfarm_store.blobs.keys import validate_key

MANIFEST = "manifest.json"
BLOBS_FILE = "blobs.jsonl"
DELETED_FILE = "deleted.jsonl"
SNAPSHOT_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")

_LOCK = "backup.lock"


def snapshots_folder(folder: Path) -> Path:
    return folder / "snapshots"


def blobs_folder(folder: Path) -> Path:
    return folder / "blobs"


def has_manifest(folder: Path) -> bool:
    return (folder / MANIFEST).exists()


def table_file(table: str) -> str:
    return f"{table}.jsonl"


def blob_file(folder: Path, key: str) -> Path:
    """Return the file of a blob. Raises `BackupUnusable` for a key that is not that of a job's
    blob, and for a link: neither is ever in a backup that the farm made."""
    root = blobs_folder(folder).resolve()
    try:
        path = root / validate_key(key)
    except ValueError as error:
        raise BackupUnusable(f"the backup has an invalid key: {error}") from error
    if not key.startswith(PREFIXES) or path.resolve() != path:
        raise BackupUnusable(f"the backup has {key!r}, which cannot be the blob of a job")
    return path


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Lock a backup's folder for the block, and make it if it does not exist.

    Raises `InvalidSettings` if it has other files, or if another backup is being written to it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / _LOCK).exists() and any(folder.iterdir()):
        raise InvalidSettings(
            f"{folder} has files and is not a backup; name a new folder, or one with a backup"
        )
    with (folder / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidSettings(
                f"another backup is being written to {folder}; wait until it has ended"
            ) from None
        yield

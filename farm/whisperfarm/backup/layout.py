"""The files of a backup, by their path in it.

```
backup.lock                 held while a folder is written; marks the place as a backup
locks/<id>                  the lock of a bucket, while it is written
manifest.json               written last, and replaced by the next backup
snapshots/<snapshot>/       the tables, and the list of blobs, as JSON lines
blobs/<key>                 the blobs
```
"""

import re

from whisperfarm.backup.problem import BackupUnusable
from whisperfarm_dispatcher.maintenance.orphans import PREFIXES
from whisperfarm_store.blobs.keys import validate_key

MARK = "backup.lock"
LOCKS = "locks/"
MANIFEST = "manifest.json"
SNAPSHOTS = "snapshots/"
BLOBS = "blobs"
BLOBS_FILE = "blobs.jsonl"
DELETED_FILE = "deleted.jsonl"
SNAPSHOT_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


def table_file(table: str) -> str:
    return f"{table}.jsonl"


def blob_path(key: str) -> str:
    """Return the path of a blob. Raises `BackupUnusable` for a key that is not that of a job's
    blob: such a key is never in a backup that the farm made."""
    try:
        validate_key(key)
    except ValueError as error:
        raise BackupUnusable(f"the backup has an invalid key: {error}") from error
    if not key.startswith(PREFIXES):
        raise BackupUnusable(f"the backup has {key!r}, which cannot be the blob of a job")
    return f"{BLOBS}/{key}"

"""Deletes what the newest snapshot of a backup does not need.

Blobs that retention deleted on the farm are thus deleted from its backups as well.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from whisperfarm.backup.layout import BLOBS_FILE, SNAPSHOTS
from whisperfarm.backup.lines import read_lines
from whisperfarm.backup.manifest import Manifest
from whisperfarm.backup.repository import LockedRepository, Repository
from whisperfarm_store.blobs import Blobs


def delete_unneeded(repository: Repository, locked: LockedRepository, manifest: Manifest) -> None:
    """Delete the other snapshots, and the blobs that are not in the list of this one."""
    for path in list(locked.files.keys(SNAPSHOTS)):
        if not path.startswith(manifest.path("")):
            locked.files.delete(path)
    listed = read_lines(repository, manifest.path(BLOBS_FILE))
    _delete_blobs(locked.blobs, (document["key"] for document in listed))


def _delete_blobs(blobs: Blobs, needed: Iterable[str]) -> None:
    with closing(sqlite3.connect("")) as index:  # a temporary file: there may be millions of keys
        index.execute("CREATE TABLE needed (key TEXT PRIMARY KEY) WITHOUT ROWID")
        index.executemany("INSERT INTO needed VALUES (?)", ((key,) for key in needed))
        for key in blobs.keys():  # noqa: SIM118 - not a dictionary
            if index.execute("SELECT 1 FROM needed WHERE key = ?", (key,)).fetchone() is None:
                blobs.delete(key)

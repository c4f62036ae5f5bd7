"""Deletes what the newest snapshot of a backup does not need.

Blobs that retention deleted on the farm are thus deleted from its backups as well.
"""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from whisperfarm.backup.layout import BLOBS_FILE, blobs_folder, snapshots_folder
from whisperfarm.backup.lines import read_lines
from whisperfarm.backup.manifest import Manifest
from whisperfarm_store.blobs import FolderBlobs


def delete_unneeded(folder: Path, manifest: Manifest) -> None:
    """Delete the other snapshots, and the blobs that are not in the list of this one."""
    for snapshot in snapshots_folder(folder).iterdir():
        if snapshot.name != manifest.snapshot:
            shutil.rmtree(snapshot)
    needed = (document["key"] for document in read_lines(manifest.folder(folder) / BLOBS_FILE))
    _delete_blobs(FolderBlobs(blobs_folder(folder)), needed)


def _delete_blobs(blobs: FolderBlobs, needed: Iterable[str]) -> None:
    with closing(sqlite3.connect("")) as index:  # a temporary file: there may be millions of keys
        index.execute("CREATE TABLE needed (key TEXT PRIMARY KEY) WITHOUT ROWID")
        index.executemany("INSERT INTO needed VALUES (?)", ((key,) for key in needed))
        for key in blobs.keys():  # noqa: SIM118 - not a dictionary
            if index.execute("SELECT 1 FROM needed WHERE key = ?", (key,)).fetchone() is None:
                blobs.delete(key)

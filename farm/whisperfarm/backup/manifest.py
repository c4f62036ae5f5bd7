"""The manifest of a backup. Without it, a folder is not a backup."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from whisperfarm.backup.layout import MANIFEST, SNAPSHOT_NAME, snapshots_folder
from whisperfarm.backup.lines import FileRecord
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm_store.fsync import sync_folder

FORMAT = 1
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The newest complete snapshot in a folder. `files` are by name; `revision` is that of the
    ledger's tables."""

    created_at: str
    farm_version: str
    revision: str
    snapshot: str
    files: Mapping[str, FileRecord]
    format: int = FORMAT

    def folder(self, backup: Path) -> Path:
        """Return the folder of the snapshot's files."""
        return snapshots_folder(backup) / self.snapshot


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest, durably and in one step."""
    partial = folder / f"{MANIFEST}.partial"
    with partial.open("w") as file:
        json.dump(asdict(manifest), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / MANIFEST)
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest. Raises `BackupUnusable` if there is none, or if it is not valid."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError as error:
        raise BackupUnusable(
            f"{folder} has no {MANIFEST}: it is not a backup, or not a complete one; run"
            " `whisperfarm backup` again"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise BackupUnusable(f"{path} cannot be read ({error})") from error
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupUnusable(f"{path} is not the manifest of a backup ({error})") from error


def _manifest(document: Mapping[str, Any]) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']!r} instead of {FORMAT}")
    if not SNAPSHOT_NAME.fullmatch(document["snapshot"]):
        raise ValueError("the name of its snapshot is not valid")
    files = {name: FileRecord(**record) for name, record in document["files"].items()}
    return Manifest(**{**document, "files": files})

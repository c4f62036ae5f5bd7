"""The manifest of a backup. Without it, a folder is not a backup."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from whisperfarm.backup.layout import MANIFEST, SNAPSHOT_NAME, SNAPSHOTS
from whisperfarm.backup.lines import FileRecord
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.repository import Repository
from whisperfarm_store.blobs import Blobs

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

    def path(self, name: str) -> str:
        """Return the path of a file of the snapshot."""
        return f"{SNAPSHOTS}{self.snapshot}/{name}"


def write_manifest(files: Blobs, manifest: Manifest) -> None:
    """Replace the manifest, durably and in one step."""
    files.put(MANIFEST, json.dumps(asdict(manifest), indent=2).encode())


def read_manifest(repository: Repository) -> Manifest:
    """Return the manifest. Raises `BackupUnusable` if there is none, or if it is not valid."""
    where = repository.where
    if repository.size(MANIFEST) is None:
        raise BackupUnusable(
            f"{where} has no {MANIFEST}: it is not a backup, or not a complete one; run"
            " `whisperfarm backup` again"
        )
    with repository.open(MANIFEST) as file:
        content = file.read(_MAX_BYTES)
    try:
        return _manifest(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BackupUnusable(
            f"{MANIFEST} in {where} is not the manifest of a backup ({error})"
        ) from error


def _manifest(document: Mapping[str, Any]) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']!r} instead of {FORMAT}")
    if not SNAPSHOT_NAME.fullmatch(document["snapshot"]):
        raise ValueError("the name of its snapshot is not valid")
    files = {name: FileRecord(**record) for name, record in document["files"].items()}
    return Manifest(**{**document, "files": files})

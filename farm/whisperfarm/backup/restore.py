"""Restores a backup into a farm without jobs.

All blobs come first and all rows at the end, in one transaction. A restoration that was killed thus
leaves an empty ledger, and the next one continues with the blobs that are missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from whisperfarm.backup import layout
from whisperfarm.backup.blobs import CopiedBlob, transfer
from whisperfarm.backup.lines import check_file, read_lines
from whisperfarm.backup.manifest import Manifest, read_manifest
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, Row, Snapshot

_Deleted = frozenset[tuple[str, str]]
_DELETED_COLUMNS = {"audio": "audio_deleted_at", "results": "result_deleted_at"}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    jobs: int
    blobs: int


def restore_backup(ledger: Ledger, blobs: Blobs, folder: Path) -> Restored:
    """Restore the backup in `folder` into a ledger that has its tables and no rows.

    Raises `BackupUnusable`, with the name of the file, if the backup is not complete or was
    changed, and `InvalidSettings` if the ledger is not empty or of another version.
    """
    manifest = read_manifest(folder)
    _check_revision(manifest, ledger.require_tables())
    ledger.snapshots.require_empty()
    _check_files(folder, manifest)
    count = _restore_blobs(folder, manifest, blobs)
    deleted = _read_deleted(folder, manifest)
    ledger.snapshots.restore(partial(_rows, manifest.folder(folder), deleted))
    return Restored(manifest.files[layout.table_file("jobs")].lines, count)


def _check_revision(manifest: Manifest, revision: str) -> None:
    if manifest.revision != revision:
        raise InvalidSettings(
            f"the backup is of revision {manifest.revision} and the ledger of {revision}; restore"
            f" it with whisperfarm {manifest.farm_version}, and upgrade afterwards"
        )


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Check everything but the content of the blobs, which is checked when it is copied."""
    tables = map(layout.table_file, Snapshot.tables)
    for name in (*tables, layout.BLOBS_FILE, layout.DELETED_FILE):
        if name not in manifest.files:
            raise BackupUnusable(f"the manifest does not have the file {name}")
        check_file(manifest.folder(folder) / name, manifest.files[name])
    for blob in _listed_blobs(folder, manifest):
        _check_size(layout.blob_file(folder, blob.key), blob)


def _listed_blobs(folder: Path, manifest: Manifest) -> Iterator[CopiedBlob]:
    path = manifest.folder(folder) / layout.BLOBS_FILE
    for document in read_lines(path):
        try:
            yield CopiedBlob(**document)
        except TypeError as error:
            raise BackupUnusable(f"{path} has a line that is not a blob ({error})") from error


def _check_size(path: Path, blob: CopiedBlob) -> None:
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise BackupUnusable(f"{path} cannot be read ({error.strerror})") from error
    if size_bytes != blob.size_bytes:
        raise BackupUnusable(f"{path} has {size_bytes} bytes instead of {blob.size_bytes}")


def _restore_blobs(folder: Path, manifest: Manifest, blobs: Blobs) -> int:
    progress = Progress("restored", "blobs")
    restore = partial(_restore_blob, folder, blobs)
    for _ in map_parallel(restore, _listed_blobs(folder, manifest)):
        progress.advance()
    return progress.count


def _restore_blob(folder: Path, blobs: Blobs, blob: CopiedBlob) -> None:
    if blobs.size(blob.key) == blob.size_bytes:  # from a restoration that was killed
        return
    path = layout.blob_file(folder, blob.key)
    with path.open("rb") as file, blobs.writer(blob.key) as writer:
        if transfer(blob.key, file, writer) != blob:
            raise BackupUnusable(f"{path} was changed after the backup; use another backup")


def _read_deleted(folder: Path, manifest: Manifest) -> _Deleted:
    """Return job and artifact of the blobs that retention deleted during the backup."""
    lines = read_lines(manifest.folder(folder) / layout.DELETED_FILE)
    return frozenset((str(line.get("job")), str(line.get("artifact"))) for line in lines)


def _rows(folder: Path, deleted: _Deleted, table: str) -> Iterator[Row]:
    for row in read_lines(folder / layout.table_file(table)):
        if table == "jobs":
            yield _without(deleted, row)
        elif (row.get("job_id"), "results") not in deleted:
            yield row
        elif table == "revisions":
            yield {**row, "deleted_at": row.get("created_at"), "note": None, "tags": []}
        elif table != "cached_results":
            yield row


def _without(deleted: _Deleted, job: dict[str, Any]) -> Row:
    """Return a job with the marks of its deleted artifacts."""
    for artifact, column in _DELETED_COLUMNS.items():
        if (job.get("id"), artifact) in deleted:
            job[column] = job.get("finished_at") or job.get("created_at")
    return job

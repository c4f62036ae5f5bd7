"""Restores a backup into a farm without jobs.

All blobs come first and all rows at the end, in one transaction. A restoration that was killed thus
leaves an empty ledger, and the next one continues with the blobs that are missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from whisperfarm.backup import layout
from whisperfarm.backup.blobs import CopiedBlob, transfer
from whisperfarm.backup.encryption import Encryption
from whisperfarm.backup.lines import check_file, read_lines
from whisperfarm.backup.manifest import Manifest, read_manifest
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.repository import Repository
from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import BlobDamaged, BlobNotEncrypted, Blobs, BlobWriter
from whisperfarm_store.blobs.encryption import encrypted_size
from whisperfarm_store.ledger import Ledger, Row, Snapshot

_Deleted = frozenset[tuple[str, str]]
_DELETED_COLUMNS = {"audio": "audio_deleted_at", "results": "result_deleted_at"}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    jobs: int
    blobs: int


def restore_backup(ledger: Ledger, blobs: Blobs, repository: Repository) -> Restored:
    """Restore the backup in `repository` into a ledger that has its tables and no rows.

    Raises `BackupUnusable`, with the name of the file, if the backup is not complete or was
    changed, and `InvalidSettings` if the ledger is not empty or of another version.
    """
    manifest = read_manifest(repository)
    _check_revision(manifest, ledger.require_tables())
    ledger.snapshots.require_empty()
    _check_files(repository, manifest)
    count = _restore_blobs(repository, manifest, blobs)
    deleted = _read_deleted(repository, manifest)
    ledger.snapshots.restore(partial(_rows, repository, manifest, deleted))
    return Restored(manifest.files[layout.table_file("jobs")].lines, count)


def _check_revision(manifest: Manifest, revision: str) -> None:
    if manifest.revision != revision:
        raise InvalidSettings(
            f"the backup is of revision {manifest.revision} and the ledger of {revision}; restore"
            f" it with whisperfarm {manifest.farm_version}, and upgrade afterwards"
        )


def _check_files(repository: Repository, manifest: Manifest) -> None:
    """Check everything but the content of the blobs, which is checked when it is copied."""
    tables = map(layout.table_file, Snapshot.tables)
    for name in (*tables, layout.BLOBS_FILE, layout.DELETED_FILE):
        if name not in manifest.files:
            raise BackupUnusable(f"the manifest does not have the file {name}")
        check_file(repository, manifest.path(name), manifest.files[name])
    for blob in _listed_blobs(repository, manifest):
        _check_size(repository, blob)


def _listed_blobs(repository: Repository, manifest: Manifest) -> Iterator[CopiedBlob]:
    path = manifest.path(layout.BLOBS_FILE)
    for document in read_lines(repository, path):
        try:
            yield CopiedBlob(**document)
        except TypeError as error:
            raise BackupUnusable(f"{path} has a line that is not a blob ({error})") from error


def _check_size(repository: Repository, blob: CopiedBlob) -> None:
    path = layout.blob_path(blob.key)
    size_bytes = repository.size(path)
    if size_bytes is None:
        raise BackupUnusable(f"{path} is not in {repository.where}; use another backup")
    if size_bytes not in {blob.size_bytes, encrypted_size(blob.size_bytes)}:
        raise BackupUnusable(
            f"{path} in {repository.where} has {size_bytes} bytes instead of {blob.size_bytes}"
        )


def _restore_blobs(repository: Repository, manifest: Manifest, blobs: Blobs) -> int:
    progress = Progress("restored", "blobs")
    restore = partial(_restore_blob, repository, blobs)
    for _ in map_parallel(restore, _listed_blobs(repository, manifest)):
        progress.advance()
    return progress.count


def _restore_blob(repository: Repository, blobs: Blobs, blob: CopiedBlob) -> None:
    if blobs.size(blob.key) == blob.size_bytes:  # from a restoration that was killed
        return
    path = layout.blob_path(blob.key)
    with repository.open(path) as file, blobs.writer(blob.key) as writer:
        if not _is_transferred(blob, Encryption.of(blobs), file, writer):
            raise BackupUnusable(
                f"{path} in {repository.where} was changed after the backup; use another backup"
            )


def _is_transferred(
    blob: CopiedBlob, encryption: Encryption, file: BinaryIO, writer: BlobWriter
) -> bool:
    try:
        return transfer(blob.key, encryption.read(file, blob.key), writer) == blob
    except BlobNotEncrypted:
        raise
    except BlobDamaged:
        return False


def _read_deleted(repository: Repository, manifest: Manifest) -> _Deleted:
    """Return job and artifact of the blobs that retention deleted during the backup."""
    lines = read_lines(repository, manifest.path(layout.DELETED_FILE))
    return frozenset((str(line.get("job")), str(line.get("artifact"))) for line in lines)


def _rows(
    repository: Repository, manifest: Manifest, deleted: _Deleted, table: str
) -> Iterator[Row]:
    for row in read_lines(repository, manifest.path(layout.table_file(table))):
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

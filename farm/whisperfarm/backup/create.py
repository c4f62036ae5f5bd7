"""Makes a backup while the farm runs.

The order makes it consistent: first the ledger, as it is at one time, then the blobs that this
ledger refers to. Blobs never change, so it does not matter how much later they are copied.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from whisperfarm.backup import layout
from whisperfarm.backup.blobs import BlobCopies, CopiedBlob
from whisperfarm.backup.cleanup import delete_unneeded
from whisperfarm.backup.lines import FileRecord, read_lines, write_lines
from whisperfarm.backup.manifest import Manifest, read_manifest, write_manifest
from whisperfarm.fsck.jobs import SECOND_LOOK_AFTER_S
from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_contract.problems import InvalidSettings, StorageFull
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.fsync import make_folder, sync_folder, translate_disk_full
from whisperfarm_store.ledger import BlobReference, Ledger, references_of, revision_reference


@dataclass(slots=True)
class Backup:
    """A backup that is being made of a farm in `folder`.

    `found` counts the blobs of earlier backups, and `made` the new copies. `lost` are the blobs
    that jobs need and that are missing, or not what the ledger says they are; `deleted` those that
    retention deleted during the backup.
    """

    ledger: Ledger
    blobs: Blobs
    folder: Path
    verify: bool = False
    pause: Callable[[float], object] = time.sleep
    jobs: int = 0
    found: int = 0
    made: int = 0
    deleted: list[BlobReference] = field(default_factory=list)
    lost: list[BlobReference] = field(default_factory=list)

    def run(self) -> None:
        """Make the backup. Raises `InvalidSettings` if the folder or the ledger is unusable, and
        `StorageFull` if the folder's disk is full."""
        revision = self.ledger.require_tables()
        with layout.lock(self.folder), _named_disk_full(self.folder):
            snapshot = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
            manifest = Manifest(
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                farm_version=version("whisperfarm"),
                revision=revision,
                snapshot=snapshot,
                files=self._write_files(layout.snapshots_folder(self.folder) / snapshot),
            )
            self._reject_other_farm()
            write_manifest(self.folder, manifest)
            delete_unneeded(self.folder, manifest)

    def _reject_other_farm(self) -> None:
        """Keep the backup of a lost farm from being replaced by that of the new, empty one."""
        if self.found or not layout.has_manifest(self.folder):
            return
        earlier = read_manifest(self.folder)
        if earlier.files[layout.BLOBS_FILE].lines:
            raise InvalidSettings(
                f"this farm has nothing in common with the backup of {earlier.created_at} in"
                f" {self.folder}; name another folder, or restore that backup first"
            )

    def _write_files(self, folder: Path) -> dict[str, FileRecord]:
        make_folder(folder, mode=0o700)
        files = self._write_tables(folder)
        self.jobs = files[layout.table_file("jobs")].lines
        blobs = write_lines(folder / layout.BLOBS_FILE, map(asdict, self._copy_blobs(folder)))
        deleted = ({"job": one.job_id, "artifact": one.artifact} for one in self.deleted)
        files |= {
            layout.BLOBS_FILE: blobs,
            layout.DELETED_FILE: write_lines(folder / layout.DELETED_FILE, deleted),
        }
        sync_folder(folder)
        return files

    def _write_tables(self, folder: Path) -> dict[str, FileRecord]:
        with self.ledger.snapshots.open() as snapshot:
            return {
                layout.table_file(table): write_lines(
                    folder / layout.table_file(table), snapshot.rows(table)
                )
                for table in snapshot.tables
            }

    def _copy_blobs(self, folder: Path) -> Iterator[CopiedBlob]:
        """Copy what the jobs of the snapshot refer to, and yield each blob of the backup."""
        copies = BlobCopies(self.blobs, self.folder, verify=self.verify)
        progress, missing = Progress("copied", "blobs"), list[BlobReference]()
        for reference, copied in map_parallel(
            lambda reference: (reference, copies.copy(reference)), _references(folder)
        ):
            progress.advance()
            if copied is None:
                missing.append(reference)
                continue
            if not _is_intact(reference, copied):
                self.lost.append(reference)
            yield copied
        self.found, self.made = copies.found, copies.made
        self._explain(missing)

    def _explain(self, missing: list[BlobReference]) -> None:
        """Find out which missing blobs were deleted by retention since the snapshot."""
        if missing:
            self.pause(SECOND_LOOK_AFTER_S)
        for reference in missing:
            is_needed = reference in self.ledger.blob_references.of_jobs([reference.job_id])
            (self.lost if is_needed else self.deleted).append(reference)


def _references(folder: Path) -> Iterator[BlobReference]:
    for job in read_lines(folder / layout.table_file("jobs")):
        yield from references_of(job)
    for revision in read_lines(folder / layout.table_file("revisions")):
        reference = revision_reference(revision)
        if reference is not None:
            yield reference


def _is_intact(reference: BlobReference, copied: CopiedBlob) -> bool:
    return (reference.size_bytes, reference.sha256) in {
        (copied.size_bytes, copied.sha256),
        (None, None),
    }


@contextmanager
def _named_disk_full(folder: Path) -> Iterator[None]:
    """Raise `StorageFull` with the folder's name."""
    detail = f"the disk of {folder} is full; free space on it, or name another folder"
    try:
        with translate_disk_full(detail):
            yield
    except StorageFull as problem:
        raise StorageFull(detail) from problem

"""Makes a backup while the farm runs.

The order makes it consistent: first the ledger, as it is at one time, then the blobs that this
ledger refers to. Blobs never change, so it does not matter how much later they are copied.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

from whisperfarm.backup import layout
from whisperfarm.backup.blobs import BlobCopies, CopiedBlob
from whisperfarm.backup.cleanup import delete_unneeded
from whisperfarm.backup.lines import FileRecord, read_lines, write_lines
from whisperfarm.backup.manifest import Manifest, read_manifest, write_manifest
from whisperfarm.backup.repository import LockedRepository, Repository
from whisperfarm.fsck.jobs import SECOND_LOOK_AFTER_S
from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import BlobReference, Ledger, references_of, revision_reference


@dataclass(slots=True)
class Backup:
    """A backup that is being made of a farm in `repository`.

    `found` counts the blobs of earlier backups, and `made` the new copies. `lost` are the blobs
    that jobs need and that are missing, or not what the ledger says they are; `deleted` those that
    retention deleted during the backup.
    """

    ledger: Ledger
    blobs: Blobs
    repository: Repository
    verify: bool = False
    pause: Callable[[float], object] = time.sleep
    jobs: int = 0
    found: int = 0
    made: int = 0
    deleted: list[BlobReference] = field(default_factory=list)
    lost: list[BlobReference] = field(default_factory=list)

    def run(self) -> None:
        """Make the backup. Raises `InvalidSettings` if the repository or the ledger is unusable,
        and `StorageFull` if the repository is full."""
        revision = self.ledger.require_tables()
        with self.repository.lock() as locked:
            snapshot = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
            manifest = Manifest(
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                farm_version=version("whisperfarm"),
                revision=revision,
                snapshot=snapshot,
                files=self._write_files(locked, f"{layout.SNAPSHOTS}{snapshot}/"),
            )
            self._reject_other_farm()
            locked.require_lock()
            write_manifest(locked.files, manifest)
            delete_unneeded(self.repository, locked, manifest)

    def _reject_other_farm(self) -> None:
        """Keep the backup of a lost farm from being replaced by that of the new, empty one."""
        if self.found or self.repository.size(layout.MANIFEST) is None:
            return
        earlier = read_manifest(self.repository)
        if earlier.files[layout.BLOBS_FILE].lines:
            raise InvalidSettings(
                f"this farm has nothing in common with the backup of {earlier.created_at} in"
                f" {self.repository.where}; name another place, or restore that backup first"
            )

    def _write_files(self, locked: LockedRepository, folder: str) -> dict[str, FileRecord]:
        files = self._write_tables(locked, folder)
        self.jobs = files[layout.table_file("jobs")].lines
        copied = map(asdict, self._copy_blobs(locked, folder))
        blobs = write_lines(locked.files, folder + layout.BLOBS_FILE, copied)
        deleted = ({"job": one.job_id, "artifact": one.artifact} for one in self.deleted)
        return files | {
            layout.BLOBS_FILE: blobs,
            layout.DELETED_FILE: write_lines(locked.files, folder + layout.DELETED_FILE, deleted),
        }

    def _write_tables(self, locked: LockedRepository, folder: str) -> dict[str, FileRecord]:
        with self.ledger.snapshots.open() as snapshot:
            return {
                layout.table_file(table): write_lines(
                    locked.files, folder + layout.table_file(table), snapshot.rows(table)
                )
                for table in snapshot.tables
            }

    def _copy_blobs(self, locked: LockedRepository, folder: str) -> Iterator[CopiedBlob]:
        """Copy what the jobs of the snapshot refer to, and yield each blob of the backup."""
        copies = BlobCopies(self.blobs, locked.blobs, verify=self.verify)
        progress, missing = Progress("copied", "blobs"), list[BlobReference]()
        for reference, copied in map_parallel(
            lambda reference: (reference, copies.copy(reference)),
            _references(self.repository, folder),
        ):
            progress.advance()
            if copied is None:
                if not reference.is_optional:
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


def _references(repository: Repository, folder: str) -> Iterator[BlobReference]:
    for job in read_lines(repository, folder + layout.table_file("jobs")):
        yield from references_of(job)
    for revision in read_lines(repository, folder + layout.table_file("revisions")):
        reference = revision_reference(revision)
        if reference is not None:
            yield reference


def _is_intact(reference: BlobReference, copied: CopiedBlob) -> bool:
    return (reference.size_bytes, reference.sha256) in {
        (copied.size_bytes, copied.sha256),
        (None, None),
    }
